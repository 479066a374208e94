// Package chat talks to models of today: it has their tokenizers, and the form in
// which each family wants a conversation.
//
// Read the files in this order:
//
//	split.go      the pieces that bytes are merged in, in three other ways than GPT-2's
//	tokenizer.go  byte-level BPE with several special tokens
//	read.go       from the published file to a tokenizer
//	prompt.go     a conversation as control tokens and text
//	template.go   six forms of a conversation
//	stops.go      where an answer ends
package chat
