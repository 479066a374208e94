package classify

// The column of spam is what was called so, the row of spam is what is so.
func PrecisionRecall(c Confusion) (precision, recall float64) {
	return share(c[1][1], c[0][1]), share(c[1][1], c[1][0])
}

// share is the part of right in right and wrong together, 1 without either.
func share(right, wrong int) float64 {
	if right+wrong == 0 {
		return 1
	}
	return float64(right) / float64(right+wrong)
}
