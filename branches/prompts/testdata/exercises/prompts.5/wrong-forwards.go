package prompts

// The place whose past is most like the present one.
func CopyNext(ids []int) int {
	last := len(ids) - 1
	next, longest := -1, 0
	for at := range last {
		n := 0
		if ids[at] == ids[last] {
			for n = 1; n <= at && ids[n-1] == ids[at-n]; n++ {
			}
		}
		if n > 0 && n >= longest {
			next, longest = ids[at+1], n
		}
	}
	return next
}
