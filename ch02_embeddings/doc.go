// Package embeddings turns the token ids of chapter 1 into what a neural
// network reads: vectors of float32, in batches.
//
// Read the files in this order:
//
//   - windows.go cuts a long text of ids into short inputs, each with its
//     target, the same ids one step later;
//   - batches.go deals the windows out in shuffled groups, epoch by epoch;
//   - embedding.go looks up a vector for every id and for every position,
//     adds the two, and sends gradients back to the tables they came from;
//   - onehot.go shows that a lookup is a matrix product in disguise.
//
// Shapes are written with the letters of the whole book: B sequences in a
// batch, T ids in a sequence, N = B·T, C numbers in a vector (the model's
// width), V ids in the vocabulary. Every matrix is row-major.
package embeddings
