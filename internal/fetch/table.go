package fetch

import "fmt"

// A Dataset is what one name gets: a file, or a model, which is a folder of files.
type Dataset struct {
	Name    string   // what a user types, "the-verdict"
	Aliases []string // what a user may type as well
	About   string
	Licence string
	Folder  string // of the files of a model; empty for a single file
	Files   []File
}

// A File is one file of a dataset, pinned so that everybody has the same bytes.
type File struct {
	Name    string // on disk, "the-verdict.txt"
	URL     string
	Member  string // the file inside, if URL is a zip archive
	Bytes   int64
	SHA256  string // in hexadecimal; where it is empty, Bytes is an estimate, and the server tells both
	Text    string // what is in the file, if it is written here instead of fetched: a model's configuration
	Earlier string // where in the folder of downloads it was once kept
}

// Datasets are all that the book's programs know.
var Datasets = []Dataset{
	single(File{
		Name:   "the-verdict.txt",
		URL:    "https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/ch02/01_main-chapter-code/the-verdict.txt",
		Bytes:  20479,
		SHA256: "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f",
	}, Dataset{
		Name:    "the-verdict",
		About:   "Edith Wharton's short story, 20,479 characters",
		Licence: "public domain",
	}),
	single(File{
		Name:   "tinyshakespeare.txt",
		URL:    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
		Bytes:  1115394,
		SHA256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
	}, Dataset{
		Name:    "shakespeare",
		Aliases: []string{"tinyshakespeare"},
		About:   "1.1 MB of Shakespeare's plays",
		Licence: "public domain",
	}),
	single(File{
		Name:   "sms-spam-collection.tsv",
		URL:    "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
		Member: "SMSSpamCollection",
		Bytes:  477907,
		SHA256: "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d",
	}, Dataset{
		Name:    "sms-spam",
		About:   "SMS Spam Collection: 4,827 messages and 747 of spam",
		Licence: "CC BY 4.0",
	}),
	single(File{
		Name:   "instruction-data.json",
		URL:    "https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/ch07/01_main-chapter-code/instruction-data.json",
		Bytes:  203524,
		SHA256: "7e09a9af353722ca15c18bc580f093f9c39d3178335a75177319cb1e1d163944",
	}, Dataset{
		Name:    "instructions",
		Aliases: []string{"instruction-data"},
		About:   "1,100 instructions with input and output",
		Licence: "Apache-2.0",
	}),
	model("gpt2", 12, 768, 12, File{
		URL:     "https://huggingface.co/openai-community/gpt2/resolve/607a30d783dfa663caf39e06633721c8d4cfcd7e/model.safetensors",
		Bytes:   548105171,
		SHA256:  "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
		Earlier: "gpt2-124m.safetensors",
	}, "gpt2-124m", "gpt2-124m.safetensors"),
	model("gpt2-medium", 24, 1024, 16, File{URL: "https://huggingface.co/openai-community/gpt2-medium/resolve/main/model.safetensors"}),
	model("gpt2-large", 36, 1280, 20, File{URL: "https://huggingface.co/openai-community/gpt2-large/resolve/main/model.safetensors"}),
	model("gpt2-xl", 48, 1600, 25, File{URL: "https://huggingface.co/openai-community/gpt2-xl/resolve/main/model.safetensors"}),
	single(vocab("gpt2-encoder.json"), Dataset{
		Name:    "gpt2-vocab",
		About:   "GPT-2's 50,257 token strings alone",
		Licence: "MIT",
	}),
	single(merges("gpt2-vocab.bpe"), Dataset{
		Name:    "gpt2-merges",
		About:   "GPT-2's 50,000 merges alone",
		Licence: "MIT",
	}),
}

func single(f File, d Dataset) Dataset {
	d.Files = []File{f}
	return d
}

// All sizes of GPT-2 share one tokenizer. These are its files as OpenAI published
// them, under any name.

func vocab(name string) File {
	return File{
		Name:   name,
		URL:    "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/encoder.json",
		Bytes:  1042301,
		SHA256: "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
	}
}

func merges(name string) File {
	return File{
		Name:   name,
		URL:    "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/vocab.bpe",
		Bytes:  456318,
		SHA256: "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
	}
}

// model is a GPT-2 of this shape, in the files that Hugging Face and chapter 5
// expect.
func model(name string, layers, width, heads int, weights File, aliases ...string) Dataset {
	L, C := int64(layers), int64(width)
	params := (50257+1024)*C + L*(12*C*C+13*C) + 2*C
	weights.Name = "model.safetensors"
	if weights.SHA256 == "" {
		weights.Bytes = 4 * (params + L*1024*1024) // the published files have the causal mask in them, too
	}
	return Dataset{
		Name:    name,
		Aliases: aliases,
		About:   fmt.Sprintf("GPT-2 as published, %d million parameters", (params+500_000)/1e6),
		Licence: "MIT",
		Folder:  name,
		Files: []File{
			{Name: "config.json", Text: fmt.Sprintf(config, width, heads, layers)},
			vocab("vocab.json"),
			merges("merges.txt"),
			weights,
		},
	}
}

// config is config.json as Hugging Face publishes it, without what only other
// programs ask for.
const config = `{
  "activation_function": "gelu_new",
  "architectures": [
    "GPT2LMHeadModel"
  ],
  "attn_pdrop": 0.1,
  "bos_token_id": 50256,
  "embd_pdrop": 0.1,
  "eos_token_id": 50256,
  "initializer_range": 0.02,
  "layer_norm_epsilon": 1e-05,
  "model_type": "gpt2",
  "n_ctx": 1024,
  "n_embd": %d,
  "n_head": %d,
  "n_layer": %d,
  "n_positions": 1024,
  "resid_pdrop": 0.1,
  "vocab_size": 50257
}
`

// Named is the dataset with this name or alias; the name of its file will do, too.
func Named(name string) (Dataset, bool) {
	for _, d := range Datasets {
		for _, known := range append([]string{d.Name, d.Path()}, d.Aliases...) {
			if name == known {
				return d, true
			}
		}
	}
	return Dataset{}, false
}

// Path is where the dataset is in the folder of downloads: a file, or a model's
// folder.
func (d Dataset) Path() string {
	if d.Folder != "" {
		return d.Folder
	}
	return d.Files[0].Name
}

// Bytes is how much room the dataset takes, and whether that is exact rather
// than an estimate.
func (d Dataset) Bytes() (n int64, exact bool) {
	exact = true
	for _, f := range d.Files {
		n += f.Bytes + int64(len(f.Text))
		exact = exact && (f.SHA256 != "" || f.URL == "")
	}
	return n, exact
}
