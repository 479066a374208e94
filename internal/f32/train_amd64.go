//go:build amd64 && !purego

package f32

//go:generate go run -C asm ./train -out ../train_amd64.s -stubs ../train_stub_amd64.go -pkg f32

// As in kernel_amd64.go, the functions below do the leading elements and return
// how many those were.

func adamW(a *AdamW, p, g, m, v []float32) int {
	n := leading(p)
	if n > 0 {
		adamWAVX2(n, &p[0], &g[0], &m[0], &v[0],
			a.Scale, a.Keep, a.Beta1, 1-a.Beta1, a.Beta2, 1-a.Beta2, a.Rate, a.RootV, a.Epsilon)
	}
	return n
}
