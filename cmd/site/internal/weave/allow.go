package weave

// allowed are words that look like a name of the project in code font and are
// none, each with the reason why the prose may use it.
var allowed = map[string]string{
	"PyTorch": "the library that the book compares its numbers with",
	"LoRA":    "the method's name in the literature",
}
