// Package gaps lets a BERT guess the words that are hidden in a text: fill.go.
package gaps
