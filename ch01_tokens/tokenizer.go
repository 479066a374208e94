package tokens

// EndOfText is the text of the special token that ends a document. It keeps
// two documents apart that follow each other in the training text, and a model
// that writes it says that it has finished.
const EndOfText = "<|endoftext|>"

// A Tokenizer turns text into ids and ids into text. Ids count from 0 to
// Vocab()-1. Once made, the tokenizers of this package never change, so that
// any number of goroutines may share one.
type Tokenizer interface {
	Encode(text string) []int
	Decode(ids []int) string // panics on an id outside the vocabulary
	Vocab() int              // how many different ids there are
}

// badID is what Decode says about an id that no token has.
const badID = "tokens: id outside the vocabulary"

// textOf returns texts[id].
func textOf(texts []string, id int) string {
	if id < 0 || id >= len(texts) {
		panic(badID)
	}
	return texts[id]
}
