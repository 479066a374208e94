package tokens

func SplitDigits(text string) []string {
	var pieces []string
	for piece := range Split(text) {
		if last := piece[len(piece)-1]; last < '0' || last > '9' {
			pieces = append(pieces, piece)
			continue
		}
		begin := 0 // of the digit that is not yet in pieces
		for i := range piece {
			if i > begin && piece[begin:i] != " " {
				pieces = append(pieces, piece[begin:i])
				begin = i
			}
		}
		pieces = append(pieces, piece[begin:])
	}
	return pieces
}
