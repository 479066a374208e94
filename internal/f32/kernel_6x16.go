//go:build (amd64 || arm64) && !purego

package f32

// multiplyTile6x16 computes the tiles at the edges of c aside, because
// multiply6x16, of AVX2 and of NEON, knows only whole ones.
func multiplyTile6x16(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32) {
	if rows == 6 && cols == 16 {
		multiply6x16(k, a, b, c, stride, alpha, beta)
		return
	}
	var tile [6 * 16]float32
	multiply6x16(k, a, b, &tile[0], 16, alpha, 0)
	mergeTile(rows, cols, tile[:], 16, c, stride, beta)
}
