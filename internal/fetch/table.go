package fetch

// A Dataset is one file that can be downloaded, pinned so that everybody has
// the same bytes.
type Dataset struct {
	Name    string // what a user types, "the-verdict"
	File    string // what it is called on disk, "the-verdict.txt"
	About   string
	Licence string
	URL     string
	Member  string // the file inside, if URL is a zip archive
	Bytes   int64  // of File
	SHA256  string // of File, in hexadecimal
}

// Datasets are all files that the book's programs know.
var Datasets = []Dataset{
	{
		Name:    "the-verdict",
		File:    "the-verdict.txt",
		About:   "Edith Wharton's short story, 20,479 characters",
		Licence: "public domain",
		URL:     "https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/ch02/01_main-chapter-code/the-verdict.txt",
		Bytes:   20479,
		SHA256:  "b41e41a68f0398a3154ae69e2e4c0e2694e17fe0d66730536837f1b01935b31f",
	},
	{
		Name:    "tinyshakespeare",
		File:    "tinyshakespeare.txt",
		About:   "1.1 MB of Shakespeare's plays",
		Licence: "public domain",
		URL:     "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
		Bytes:   1115394,
		SHA256:  "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
	},
	{
		Name:    "sms-spam",
		File:    "sms-spam-collection.tsv",
		About:   "SMS Spam Collection: 4,827 messages and 747 of spam",
		Licence: "CC BY 4.0",
		URL:     "https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
		Member:  "SMSSpamCollection",
		Bytes:   477907,
		SHA256:  "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d",
	},
	{
		Name:    "instruction-data",
		File:    "instruction-data.json",
		About:   "1,100 instructions with input and output",
		Licence: "Apache-2.0",
		URL:     "https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/ch07/01_main-chapter-code/instruction-data.json",
		Bytes:   203524,
		SHA256:  "7e09a9af353722ca15c18bc580f093f9c39d3178335a75177319cb1e1d163944",
	},
	{
		Name:    "gpt2-merges",
		File:    "gpt2-vocab.bpe",
		About:   "GPT-2's 50,000 merges",
		Licence: "MIT",
		URL:     "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/vocab.bpe",
		Bytes:   456318,
		SHA256:  "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
	},
	{
		Name:    "gpt2-vocab",
		File:    "gpt2-encoder.json",
		About:   "GPT-2's 50,257 token strings",
		Licence: "MIT",
		URL:     "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/encoder.json",
		Bytes:   1042301,
		SHA256:  "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
	},
	{
		Name:    "gpt2-124m",
		File:    "gpt2-124m.safetensors",
		About:   "the weights of GPT-2, 124 million of them (548 MB)",
		Licence: "MIT",
		URL:     "https://huggingface.co/openai-community/gpt2/resolve/607a30d783dfa663caf39e06633721c8d4cfcd7e/model.safetensors",
		Bytes:   548105171,
		SHA256:  "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
	},
}

// Named is the dataset with this name; the name of its file will do, too.
func Named(name string) (Dataset, bool) {
	for _, d := range Datasets {
		if name == d.Name || name == d.File {
			return d, true
		}
	}
	return Dataset{}, false
}
