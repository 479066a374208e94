package weave

// allowed are words that look like a name of the project in code font and are
// none, each with the reason why the prose may use it.
var allowed = map[string]string{
	"PyTorch":    "the library that the book compares its numbers with",
	"NumPy":      "a library's name",
	"TensorFlow": "a library's name",
	"GitHub":     "a site's name",
	"OpenAI":     "a company's name",
	"ReLU":       "a function of the literature that the models do not use",
	"SwiGLU":     "a function of the literature that the models do not use",
	"LoRA":       "the method's name in the literature",
}
