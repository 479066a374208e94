package pretrain

import "math"

func BitsPerByte(losses []float64, pieces []string) float64 {
	if len(pieces) == 0 {
		return 0
	}
	var sum float64
	for i, loss := range losses {
		sum += loss / math.Ln2 / float64(len(pieces[i]))
	}
	return sum / float64(len(pieces))
}
