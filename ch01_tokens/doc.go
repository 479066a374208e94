// Package tokens turns text into numbers and numbers into text: chapter 1 of
// the book. What makes it fast is in internal/bpe, with the same results.
//
// Read the files in this order. Each adds one idea to the one before:
//
//   - tokenizer.go: what all tokenizers have in common
//   - words.go: one number a word; what to do about unknown words
//   - runes.go: one number a character; nothing need be unknown, but texts get long
//   - split.go: the pieces inside which bytes will be merged
//   - train.go: byte-pair encoding: learning merges and applying them
//   - bpe.go: encoding and decoding with what was learned
//   - gpt2.go, ranks.go: the files in which GPT-2's encoding is published
//   - stream.go: decoding while the ids are still coming
package tokens
