// Package bpe makes byte-pair encoding fast: what chapter 1 says in two plain
// loops, learning merges and carrying them out, with the same results. The
// appendix "How tokens are made fast" tells of it in this order:
//
//   - learn.go, queue.go: learning without counting again
//   - table.go: the ranks of pairs, and merging a word
//   - recent.go: words that come again
//   - long.go, loose.go: words without end
package bpe
