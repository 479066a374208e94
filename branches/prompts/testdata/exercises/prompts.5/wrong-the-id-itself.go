package prompts

// The place whose past is most like the present one.
func CopyNext(ids []int) int {
	last := len(ids) - 1
	next, longest := -1, 0
	for at := range last {
		n := 0
		for n <= at && ids[at-n] == ids[last-n] {
			n++
		}
		if n > 0 && n >= longest {
			next, longest = ids[at], n
		}
	}
	return next
}
