// Package published computes again what a published book prints, and compares.
//
// The book is Sebastian Raschka's "Build a Large Language Model (From Scratch)"
// (Manning 2024) with its notebooks. An [Experiment] runs the code of our
// chapters, fed with PyTorch's random numbers where the book's are random, and
// gives [Row] after Row: what is printed there, and what comes out here.
package published
