//go:build amd64 && !purego

package roofline

import "golang.org/x/sys/cpu"

//go:generate go run -C ../../f32/asm ./peak -out ../../compare/roofline/peak_amd64.s

// sumLoops are the loops from which Sums chooses.
func sumLoops() []loop {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return []loop{{1, 8, sums1AVX2}, {2, 8, sums2AVX2}, {4, 8, sums4AVX2}, {8, 8, sums8AVX2}, {12, 8, sums12AVX2}}
}

// peakLoops are those that may be the fastest.
func peakLoops() []loop {
	loops := sumLoops()
	if len(loops) > 0 {
		loops = loops[len(loops)-1:]
	}
	if cpu.X86.HasAVX512F {
		loops = append(loops, loop{12, 16, sums12AVX512})
	}
	return loops
}

// sums1AVX2 and the like add n products to each of that many registers of 8 float32s,
// or of 16 with AVX-512.
func sums1AVX2(n int)
func sums2AVX2(n int)
func sums4AVX2(n int)
func sums8AVX2(n int)
func sums12AVX2(n int)
func sums12AVX512(n int)
