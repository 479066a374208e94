package pretrain

import (
	"math"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_BitsPerByte(t *testing.T) {
	exercise.Check(t, BitsPerByte, func(x *exercise.X) {
		BitsPerByte := exercise.Watch(x, BitsPerByte)
		bit := math.Ln2
		x.Near(`losses 1.3863 0.6931 of "light" " of"`, BitsPerByte([]float64{1.3863, 0.6931}, []string{"light", " of"}), 0.3750, 1e-4)
		x.Near(`8 bits for "光", three bytes, and 1 bit for "!!!!!!"`, BitsPerByte([]float64{8 * bit, bit}, []string{"光", "!!!!!!"}), 1.0, 1e-9)
		x.Near(`5 bits for "a"`, BitsPerByte([]float64{5 * bit}, []string{"a"}), 5.0, 1e-9)
		x.Equal("no tokens at all", BitsPerByte(nil, nil), 0.0)

		// One text, guessed equally well by words and by letters.
		words := BitsPerByte([]float64{6 * bit, 6 * bit}, []string{"red", "ray"})
		letters := BitsPerByte([]float64{2 * bit, 2 * bit, 2 * bit, 2 * bit, 2 * bit, 2 * bit}, []string{"r", "e", "d", "r", "a", "y"})
		x.Near("6 bits for each of 2 words of 3 letters", words, 2.0, 1e-9)
		x.Near("2 bits for each of 6 letters", letters, 2.0, 1e-9)
	})
}

func TestExercise2_SmoothedBackward(t *testing.T) {
	exercise.Check(t, SmoothedBackward, func(x *exercise.X) {
		SmoothedBackward := exercise.Watch(x, SmoothedBackward)
		logits := []float32{1, 2, 3}
		x.Near("logits 1 2 3, target 0, smoothing 0.3", SmoothedBackward(logits, 0, 0.3), []float32{-0.7100, 0.1447, 0.5652}, 1e-4)
		x.Equal("the logits afterwards", logits, []float32{1, 2, 3})
		x.Near("logits 1 2 3, target 0, smoothing 0", SmoothedBackward(logits, 0, 0), []float32{-0.9100, 0.2447, 0.6652}, 1e-4)
		x.Near("logits 0 0 0 0, target 2, smoothing 0.4", SmoothedBackward(make([]float32, 4), 2, 0.4), []float32{.15, .15, -.45, .15}, 1e-5)
		x.Near("logits 1000 1000, target 1, smoothing 0.2", SmoothedBackward([]float32{1000, 1000}, 1, 0.2), []float32{0.4, -0.4}, 1e-5)

		in, target, smoothing := []float32{.5, -1.5, 2, .3, -.7}, 1, 0.25
		loss := func() float64 {
			var sum, total float64
			for _, v := range in {
				sum += math.Exp(float64(v))
			}
			for j, v := range in {
				wanted := smoothing / float64(len(in))
				if j == target {
					wanted += 1 - smoothing
				}
				total -= wanted * (float64(v) - math.Log(sum))
			}
			return total
		}
		x.Slope("logits 0.5 -1.5 2 0.3 -0.7, target 1, smoothing 0.25", loss, in, SmoothedBackward(in, target, float32(smoothing)), 5e-3)
	})
}
