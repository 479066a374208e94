// Package torchrand draws the random numbers that PyTorch and NumPy draw, so
// that a Go program can print what a published notebook prints.
//
// Both libraries feed everything from one generator, the Mersenne Twister, and
// what they make of its numbers is plain arithmetic: [Generator] follows PyTorch
// on a CPU after torch.manual_seed, [RandomState] NumPy's generator of that name.
// Initial weights, dropout, shuffled data and sampled tokens come out as they do
// there, provided that they are drawn in the same order.
//
// The rules are those of PyTorch where it is not built with Intel's MKL, which
// has a generator of its own for dropout: the published notebooks ran on macOS.
package torchrand
