package classify

// The shares of ham.
func PrecisionRecall(c Confusion) (precision, recall float64) {
	part := func(right, wrong int) float64 {
		if right+wrong == 0 {
			return 1
		}
		return float64(right) / float64(right+wrong)
	}
	return part(c[0][0], c[1][0]), part(c[0][0], c[0][1])
}
