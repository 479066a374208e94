package tokens

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/require"
)

// data returns the named file of LLMBOOK_DATA, or skips the test.
func data(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("LLMBOOK_DATA")
	if dir == "" {
		t.Skipf("needs %s: set LLMBOOK_DATA to the directory that holds it", name)
	}
	content, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return content
}

// gpt2 returns GPT-2's published encoding, from the Go module that embeds it.
var gpt2 = sync.OnceValue(func() *BPE {
	file, err := assets.Assets.Open("r50k_base.tiktoken")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	b, err := ReadRanks(file)
	if err != nil {
		panic(err)
	}
	return b
})

// written returns the two files of b.
func written(t testing.TB, b *BPE) (vocab, merges string) {
	t.Helper()
	var v, m bytes.Buffer
	require.NoError(t, b.WriteVocab(&v))
	require.NoError(t, b.WriteMerges(&m))
	return v.String(), m.String()
}

// TestPublishedFiles reads OpenAI's two files, writes them again to the last
// byte, and finds the same encoding in tiktoken's one file.
func TestPublishedFiles(t *testing.T) {
	encoder, bpe := data(t, "gpt2-encoder.json"), data(t, "gpt2-vocab.bpe")
	b, err := ReadBPE(bytes.NewReader(encoder), bytes.NewReader(bpe))
	require.NoError(t, err)
	vocab, merges := written(t, b)
	require.True(t, string(encoder) == vocab, "encoder.json")
	require.True(t, string(bpe) == merges, "vocab.bpe")

	vocab, merges = written(t, gpt2())
	require.True(t, string(encoder) == vocab, "encoder.json from r50k_base.tiktoken")
	require.True(t, string(bpe) == merges, "vocab.bpe from r50k_base.tiktoken")
}

func TestPublishedIDs(t *testing.T) {
	for text, want := range map[string][]int{
		"Hello, do you like tea? <|endoftext|> In the sunlit terracesof someunknownPlace.": {15496, 11, 466, 345, 588, 8887, 30, 220, 50256, 554, 262, 4252, 18250, 8812, 2114, 1659, 617, 34680, 27271, 13},
		"Hello, world. Is this-- a test?":                                                  {15496, 11, 995, 13, 1148, 428, 438, 257, 1332, 30},
		"Akwirw ier":                                                                       {33901, 86, 343, 86, 220, 959},
		"This is some text":                                                                {1212, 318, 617, 2420},
		"Hello,":                                                                           {15496, 11},
		"Implementations":                                                                  {3546, 26908, 602},
		"asdf asdfasdf a!!, @aba 9asdf90asdfk":                                             {292, 7568, 355, 7568, 292, 7568, 257, 3228, 11, 2488, 15498, 860, 292, 7568, 3829, 292, 7568, 74},
		"\n":                                                                               {198}, "\r": {201}, " ": {220}, "<|endoftext|>": {50256},
	} {
		ids := gpt2().EncodeSpecial(text)
		require.Equal(t, want, ids, "%q", text)
		require.Equal(t, text, gpt2().Decode(ids))
	}
	require.Equal(t, 50257, gpt2().Vocab())
	require.Equal(t, 50256, gpt2().EndOfText())
}

func TestMinBPE(t *testing.T) {
	b, err := TrainBPE("aaabdaaabac", 256+3+1)
	require.NoError(t, err)
	require.Equal(t, []int{258, 100, 258, 97, 99}, b.Encode("aaabdaaabac"))
}
