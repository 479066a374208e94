package classify

func LastRows(lengths []int, T int) []int {
	rows := make([]int, len(lengths))
	for i := range lengths {
		rows[i] = i*T + T - 1
	}
	return rows
}
