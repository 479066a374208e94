package classify

import (
	"math"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"gonum.org/v1/gonum/blas/blas32"
)

func Calibrate(logits blas32.General, labels []int) float64 {
	loss := func(logTemperature float64) float64 {
		cooler := f32.New(logits.Rows, logits.Cols)
		for i := range logits.Rows {
			f32.Axpy(float32(1/math.Exp(logTemperature)), f32.Row(logits, i), f32.Row(cooler, i))
		}
		return pretrain.CrossEntropy(cooler, labels)
	}
	lo, hi := math.Log(0.01), math.Log(100)
	for hi-lo > 1e-3 { // the loss falls, and then it rises: leave the third that is on the wrong side
		a, b := lo+(hi-lo)/3, hi-(hi-lo)/3
		if loss(a) <= loss(b) { // equal where both are rounded to 0: colder cannot hurt
			hi = b
		} else {
			lo = a
		}
	}
	return math.Exp(-(lo + hi) / 2)
}
