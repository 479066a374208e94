package pretrain

import "math"

func BitsPerByte(losses []float64, pieces []string) float64 {
	var nats float64
	for _, loss := range losses {
		nats += loss
	}
	runes := 0
	for _, piece := range pieces {
		runes += len([]rune(piece))
	}
	if runes == 0 {
		return 0
	}
	return nats / math.Ln2 / float64(runes)
}
