package pretrain

import (
	"context"
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
)

const emptyEpoch = "pretrain: the training data has not one whole batch"

// Epoch is one pass over the training data in an order that rng decides.
type Epoch func(rng *rand.Rand) iter.Seq[embeddings.Batch]

// Step reports one step of training.
type Step struct {
	N        int     // 1 for the first
	Loss     float64 // mean over the step's batches, before the step
	GradNorm float64 // length of the gradient, before clipping
	Rate     float64 // learning rate
	Tokens   int     // tokens read in this step
}

// Trainer runs a [Learner] over its data. What is random, the order of the data
// and dropout, comes from two generators of its own, so that a run can be
// stopped, saved, and gone on with as if nothing had happened. One goroutine at a
// time may use it; between two steps others may use the model.
type Trainer struct {
	learner    Learner
	train      Epoch
	settings   Settings
	optimizer  *Optimizer
	step       int
	order      *rand.PCG // shuffles each epoch
	noise      *rand.PCG // feeds dropout
	epochStart rand.PCG  // what order was when the present epoch began
	consumed   int       // batches of the present epoch that are used up
}

// NewTrainer prepares a run from its first step. It panics where
// [Settings.Validate] returns an error.
func NewTrainer(l Learner, train Epoch, s Settings) *Trainer {
	if s.Validate() != nil {
		panic(badSettings)
	}
	s.Accumulate = max(s.Accumulate, 1)
	order := rand.NewPCG(s.Seed, 1)
	return &Trainer{
		learner: l, train: train, settings: s,
		optimizer: NewOptimizer(s.Optimizer, l.Params(), l.Grads()),
		order:     order, noise: rand.NewPCG(s.Seed, 2), epochStart: *order,
	}
}

// Done is the number of steps taken so far.
func (t *Trainer) Done() int { return t.step }

// Steps trains and yields each step as it is done, until the schedule ends or
// ctx is cancelled. Between two steps, and after the last, the run may be saved.
func (t *Trainer) Steps(ctx context.Context) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		next, stop := iter.Pull(t.batches())
		defer stop()
		drop := attention.NewDropout(t.settings.Dropout, t.noise)
		for t.step < t.settings.Schedule.Total && ctx.Err() == nil {
			if !yield(t.takeStep(next, drop)) {
				return
			}
		}
	}
}

// takeStep accumulates the gradients of some batches and moves the weights.
func (t *Trainer) takeStep(next func() (embeddings.Batch, bool), drop *attention.Dropout) Step {
	s := Step{N: t.step + 1, Rate: t.settings.Schedule.Rate(t.step)}
	share := 1 / float32(t.settings.Accumulate)
	for range t.settings.Accumulate {
		b, _ := next()
		s.Loss += t.learner.Learn(b, share, drop) * float64(share)
		s.Tokens += len(b.Inputs)
		t.consumed++
	}
	s.GradNorm = GradNorm(t.optimizer.grads)
	t.optimizer.Step(s.Rate, ClipScale(s.GradNorm, t.settings.Clip))
	t.step++
	return s
}

// batches is the training data without end, epoch after epoch. It begins with
// what is left of the present epoch.
func (t *Trainer) batches() iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		*t.order = t.epochStart
		order := rand.New(t.order)
		for {
			seen := 0
			for b := range t.train(order) {
				if seen++; seen <= t.consumed {
					continue
				}
				if !yield(b) {
					return
				}
			}
			if seen == 0 {
				panic(emptyEpoch)
			}
			t.epochStart, t.consumed = *t.order, 0
		}
	}
}
