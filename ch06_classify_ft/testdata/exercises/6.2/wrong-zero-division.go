package classify

// Not a number where nothing was called spam.
func PrecisionRecall(c Confusion) (precision, recall float64) {
	right := float64(c[1][1])
	return right / float64(c[0][1]+c[1][1]), right / float64(c[1][0]+c[1][1])
}
