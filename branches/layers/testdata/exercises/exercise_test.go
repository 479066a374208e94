package layers

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise layers.1: Turn a head by hand (15 minutes).
//
// TurnHead turns the pairs of one head x (D) for a position, as rotary positions do, and
// returns the result in a new slice; x stays as it is. Column j and column j+D/2 are a
// pair, and pair j turns from one position to the next by the angle θ^(-2j/D), with θ = 10000.
//
// At position 1 the head 1 0 0 1 has the pairs (1, 0), which turns by 1, and (0, 1), which
// turns by 0.01. It becomes 0.5403 -0.0100 0.8415 0.99995.
func TurnHead(x []float32, position int) []float32 {
	panic(exercise.Unsolved)
}

// Exercise layers.2: The way back through a norm (30 minutes).
//
// NormBackward is the backward pass of RMSNorm on one row: y_j = w_j·x_j/r, where r is
// the root of ⟨x²⟩, the mean of the squares; x is not zero, and nothing is added below the
// root. Given x, w and the gradient dy of y, it returns those of x and w, new slices. Derive
// it before you look at NormalizeBackward: r depends on every x.
//
// With x = 1 7, w = 1 1 and dy = 1 0 the root is 5. The gradient of x is 0.196 -0.028: it stands at a
// right angle to x, since a longer x leaves y as it was. That of w is 0.2 0.
func NormBackward(x, w, dy []float32) (dx, dw []float32) {
	panic(exercise.Unsolved)
}

// Exercise layers.3: Keys for every head (15 minutes).
//
// With shared keys the first of the heads look at the first head of keys, the next ones at
// the second, and so on. A program that knows only attention with a head of keys for each
// head of queries can still run such a model, if it is given each head of keys several times.
// ExpandKeys does that: of keys (S,G·D), those of G heads side by side, it makes a new
// matrix (S,H·D). H is a multiple of G, and the keys stay as they are.
//
// A row 1 2 3 4 of two heads becomes, for four heads of queries, 1 2 1 2 3 4 3 4.
func ExpandKeys(keys blas32.General, H, G int) blas32.General {
	panic(exercise.Unsolved)
}

// Exercise layers.4: A context found again (30 minutes).
//
// Somebody gives you a model with Llama 3.1's scaling, but not the number of positions that it was
// pretrained with. It is in its frequencies: find it. PretrainingContext gets the frequencies as θ
// makes them, the same ones scaled, and the scaling, whose Context is 0. A pair that turns at
// most s.Low times in that context has been slowed down by s.Factor, one that turns s.High times
// or more is as it was, and of one between them a share of the frequency was kept:
//
//	scaled = (1-keep)·plain/s.Factor + keep·plain    with keep = (turns-s.Low)/(s.High-s.Low)
//
// A frequency is an angle for each position, and 2π is one turn. The result is a whole number:
// round it. Where no pair is between the two, nobody can say, and it is 0.
//
// With a factor of 8, low 1 and high 4, a pair that was slowed down from 0.01 to 0.005 has kept 3/7, which is
// 2.2857 turns, and those take 1436 positions.
func PretrainingContext(plain, scaled []float32, s Scaling) int {
	panic(exercise.Unsolved)
}
