package prompts

// What both begin with is there, but for the last id.
func IDsToRead(prompts [][]int) int {
	read := 0
	var before []int
	for _, p := range prompts {
		n := 0
		for n < min(len(before), len(p)-1) && before[n] == p[n] {
			n++
		}
		read += len(p) - n
		before = p
	}
	return read
}
