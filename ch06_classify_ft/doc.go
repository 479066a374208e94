// Package classify teaches a pretrained GPT to tell unwanted messages from
// wanted ones: the first of two ways to fine-tune it.
//
// Read the files in this order:
//
//   - sms.go reads messages that people have labelled ham or spam;
//   - practice.go invents such messages, for a machine without the real ones;
//   - dataset.go balances the classes, sets examples aside to judge by, and
//     pads messages of different lengths into batches;
//   - classifier.go gives the model a new head with two outputs, read at the
//     last real token;
//   - learner.go makes it trainable by the loop of chapter 5, and settings.go
//     holds the choices of a run;
//   - metrics.go counts what is right and what is wrong in which way;
//   - filter.go answers for one text, and save.go keeps it in a directory;
//   - lowrank.go changes a matrix by few numbers, the idea of a second way to
//     fine-tune, which package lora of the branches carries out.
//
// Shapes are written with the letters of the whole book: B messages in a
// batch, T tokens in a message, N = B·T, C the width of the model. There are 2
// classes.
package classify
