package classify

func LastRows(lengths []int, T int) []int {
	rows := make([]int, len(lengths))
	for i, length := range lengths {
		rows[i] = min(length, T) - 1
	}
	return rows
}
