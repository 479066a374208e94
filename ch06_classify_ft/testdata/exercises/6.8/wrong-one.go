package classify

import (
	"gonum.org/v1/gonum/blas/blas32"
)

func Calibrate(logits blas32.General, labels []int) float64 {
	return 1
}
