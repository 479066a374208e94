package pretrain

import "math"

func BitsPerByte(losses []float64, pieces []string) float64 {
	if len(losses) == 0 {
		return 0
	}
	var nats float64
	for _, loss := range losses {
		nats += loss
	}
	return nats / math.Ln2 / float64(len(losses))
}
