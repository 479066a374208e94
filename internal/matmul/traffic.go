package matmul

// A Shape is that of a product: c has M rows and N columns, each element
// the sum of K products.
type Shape struct{ M, N, K int }

// FLOPs counts the multiplications and additions.
func (s Shape) FLOPs() int { return 2 * s.M * s.N * s.K }

// Addresses of elements, with a, b and c one after the other in memory.
func (s Shape) a(i, l int) int { return 4 * (i*s.K + l) }
func (s Shape) b(l, j int) int { return 4 * (s.M*s.K + l*s.N + j) }
func (s Shape) c(i, j int) int { return 4 * (s.M*s.K + s.K*s.N + i*s.N + j) }

// TouchNaive touches what Naive does, in its order.
func (s Shape) TouchNaive(cache *Cache) {
	for i := range s.M {
		for j := range s.N {
			for l := range s.K {
				cache.Touch(s.a(i, l))
				cache.Touch(s.b(l, j))
			}
			cache.Touch(s.c(i, j))
		}
	}
}

// TouchReordered touches what Reordered does.
func (s Shape) TouchReordered(cache *Cache) { s.touchBlocks(cache, s.K, s.N) }

// TouchBlocked touches what Blocked does.
func (s Shape) TouchBlocked(cache *Cache) { s.touchBlocks(cache, blockRows, blockCols) }

func (s Shape) touchBlocks(cache *Cache, h, w int) {
	for j0 := 0; j0 < s.N; j0 += w {
		for l0 := 0; l0 < s.K; l0 += h {
			for i := range s.M {
				for l := l0; l < min(l0+h, s.K); l++ {
					cache.Touch(s.a(i, l))
					for j := j0; j < min(j0+w, s.N); j++ {
						cache.Touch(s.b(l, j))
						cache.Touch(s.c(i, j))
					}
				}
			}
		}
	}
}

// TouchPacked touches what Packed does once its block of b, and all rows
// of a, are packed, side by side: the packing itself reads and writes each
// of them once. tall and wide are those of the tile.
func (s Shape) TouchPacked(cache *Cache, tall, wide int) {
	a := Shape{M: s.M, K: s.K}
	for j := 0; j < s.N; j += wide {
		for i := 0; i < s.M; i += tall {
			for l := range s.K * tall {
				cache.Touch(a.a(i, l))
			}
			for l := range s.K * wide {
				cache.Touch(s.b(0, j*s.K+l))
			}
			for r := range min(tall, s.M-i) {
				for c := range min(wide, s.N-j) {
					cache.Touch(s.c(i+r, j+c))
				}
			}
		}
	}
}
