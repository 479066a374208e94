// Package pretrain teaches a GPT to predict the next token.
//
// Chapter 4 built a model that runs and knows nothing. Here a number says how
// wrong it is, the gradient of that number says how to be less wrong, and an
// optimiser takes the step; then again, a few thousand times. What was learned
// is saved, and sampled from.
//
// Read the files in this order:
//
//	loss.go         how wrong: cross-entropy, perplexity, and their gradient
//	adamw.go        one step downhill
//	clip.go         no step too large
//	schedule.go     how large a step, and when
//	learner.go      a model with a loss
//	settings.go     what there is to choose, and in which range
//	trainer.go      the loop, one step after another
//	evaluate.go     the loss on text that was not trained on
//	sample.go       choosing the next token by chance
//	stop.go         where a text ends, and its pieces
//	model.go        a model in a directory
//	checkpoint.go   a training run that goes on from where it was
package pretrain
