package tokens

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/require"
	"github.com/tiktoken-go/tokenizer"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// data returns the named file of LLMBOOK_DATA, or skips the test.
func data(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(golden.Data(t, name))
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
		"Every effort moves you":                                                           {6109, 3626, 6100, 345},
		"Every day holds a":                                                                {6109, 1110, 6622, 257},
		"Hello, I am":                                                                      {15496, 11, 314, 716},
		"Do you have time":                                                                 {5211, 345, 423, 640},
		"\n":                                                                               {198}, "\r": {201}, " ": {220}, "<|endoftext|>": {50256},
	} {
		ids := gpt2().EncodeSpecial(text)
		require.Equal(t, want, ids, "%q", text)
		require.Equal(t, text, gpt2().Decode(ids))
	}
	require.Equal(t, 50257, gpt2().Vocab())
	require.Equal(t, 50256, gpt2().EndOfText())
}

// TestLibrary compares the ids of random text with those of a library made by
// others.
func TestLibrary(t *testing.T) {
	library, err := tokenizer.Get(tokenizer.R50kBase)
	require.NoError(t, err)
	same := func(text string) {
		want, _, err := library.Encode(text)
		require.NoError(t, err)
		got := gpt2().Encode(text)
		require.Len(t, got, len(want), "%q", text)
		for i := range want {
			require.Equal(t, int(want[i]), got[i], "id %d of %q", i, text)
		}
	}
	rng := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		same(scrawl(rng))
	}
	for _, text := range hostile(5000) {
		if utf8.ValidString(text) {
			same(text)
		}
	}
}

// hostile returns texts of n bytes that slow or confuse a careless encoder.
func hostile(n int) []string {
	var texts []string
	for _, unit := range []string{" ", "\n", " \n", "a", "ab", "'", "'s", "0", "=", " a", "internationalisation", "é", "好", "😉", "\xff", "\x80", "\xf0\x9f", "\x00", EndOfText} {
		texts = append(texts, strings.Repeat(unit, n/len(unit)))
	}
	return texts
}

// TestHostile encodes 128 KB of each trap. With a quadratic step it would take
// half an hour.
func TestHostile(t *testing.T) {
	for _, text := range hostile(1 << 17) {
		require.True(t, text == gpt2().Decode(gpt2().Encode(text)), "%.20q", text)
	}
}

// plainIDs is [BPE.Encode] as the chapter first says it: all merges in their
// order, on the bytes of each piece.
func plainIDs(b *BPE, text string) []int {
	ids, known := []int{}, map[string][]int{}
	for piece := range Split(text) {
		if known[piece] == nil {
			bytes := make([]int, len(piece))
			for i := range bytes {
				bytes[i] = b.bytes[piece[i]]
			}
			known[piece] = ApplyMerges(b.merges, bytes)
		}
		ids = append(ids, known[piece]...)
	}
	return ids
}

// TestEncodeAgainstPlain encodes random text, long words of few letters, words
// that come again, and traps.
func TestEncodeAgainstPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	var texts []string
	for range 60 {
		text := scrawl(rng)
		word := make([]byte, rng.IntN(300))
		for i := range word {
			word[i] = "aab"[rng.IntN(3)]
		}
		texts = append(texts, text+text+scrawl(rng)+text, string(word))
	}
	texts = append(texts, hostile(300)...)
	published := strings.Join(texts[:20], "")
	require.Equal(t, plainIDs(gpt2(), published), gpt2().Encode(published))
	ranks := map[[2]int]Merge{}
	for _, m := range gpt2().merges {
		ranks[[2]int{m.Left, m.Right}] = m
	}
	for piece := range Split(strings.Join(texts, "")) {
		require.Equal(t, lowestFirst(gpt2(), ranks, piece), gpt2().Encode(piece), "%q", piece)
	}
	for range 5 {
		own, err := TrainBPE(strings.Join(texts[:rng.IntN(50)], ""), 257+rng.IntN(500))
		require.NoError(t, err)
		text := strings.Join(texts, "")
		require.Equal(t, plainIDs(own, text), own.Encode(text))
		rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	}
}

// TestRecent: a piece is not taken for another, with one slot for all of them
// or with many.
func TestRecent(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("\x00 \x00\x00 \x00\x00\x00 ", 20),
		strings.Repeat("abcdefg abcdefgh abcdefghi abcdefghijklmn abcdefghijklmno abcdefghijklmnop ", 9),
		strings.Repeat("xylophone xylophonist ", 9),
	} {
		want := plainIDs(gpt2(), text)
		var got []int
		oneSlot := gpt2().fast.Encoder(0)
		for piece := range Split(text) {
			got = oneSlot.Append(got, piece)
		}
		require.Equal(t, want, got)
		require.Equal(t, want, gpt2().Encode(text))
	}
}

// TestTokensAreReachable: the text of every token but the special one is
// encoded as that token. So no id is wasted.
func TestTokensAreReachable(t *testing.T) {
	trained, err := TrainBPE(strings.Repeat("aaab baaa abba ", 9)+"the cat in the hat", 300)
	require.NoError(t, err)
	for _, b := range []*BPE{trained, gpt2()} {
		for id := range b.Vocab() - 1 {
			require.Equal(t, []int{id}, b.fast.Encoder(0).Append(nil, b.texts[id]))
		}
	}
}

func TestSpecial(t *testing.T) {
	b := gpt2()
	text := "a<|endoftext|><|endoftext|>b<|endoftext"
	require.Equal(t, []int{64, 50256, 50256, 65, 27, 91, 437, 1659, 5239}, b.EncodeSpecial(text))
	require.Equal(t, []int{27, 91, 437, 1659, 5239, 91, 29}, b.Encode(EndOfText))
	_, err := b.EncodeStrict(text)
	require.EqualError(t, err, "tokens: the text contains the special token <|endoftext|> at byte 1")
	ids, err := b.EncodeStrict("Hello,")
	require.NoError(t, err)
	require.Equal(t, []int{15496, 11}, ids)
	require.Equal(t, EndOfText, string(b.Bytes(b.EndOfText())))
}

func TestLineEnds(t *testing.T) {
	for _, text := range []string{"a\nb", "a\n\nb", "\nHello", "Hello\n", "a\r\nb", "Hello \nworld", "Hello\n world", "  Hello World."} {
		require.Equal(t, text, gpt2().Decode(gpt2().Encode(text)))
	}
}

func TestVerdict(t *testing.T) {
	ids := gpt2().Encode(string(data(t, "the-verdict.txt")))
	require.Len(t, ids, 5145)
	require.Equal(t, []int{40, 367, 2885, 1464, 1807, 3619, 402, 271}, ids[:8])
	require.Equal(t, []int{290, 4920, 2241, 287, 257}, ids[50:55])
	require.Equal(t, " and established himself in a", gpt2().Decode(ids[50:55]))
}

// TestConcurrent is for the race detector: an encoding is read-only.
func TestConcurrent(t *testing.T) {
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			gpt2().Decode(gpt2().EncodeSpecial("Hello, do you like tea? <|endoftext|> In the sunlit terraces"))
		})
	}
	all.Wait()
}

// TestBytesAreACopy: what a caller does to the bytes stays with the caller.
func TestBytesAreACopy(t *testing.T) {
	gpt2().Bytes(15496)[0] = 'J'
	require.Equal(t, "Hello", gpt2().Decode([]int{15496}))
}

// FuzzBPE: any bytes come back from an encoding, published, trained on others
// or trained on themselves.
func FuzzBPE(f *testing.F) {
	trained, err := TrainBPE(strings.Repeat("aaab baaa 你好 \xff\xff ", 9)+"the cat in the hat", 300)
	require.NoError(f, err)
	f.Add("the cat's 帽子\r\n\xf0\x9f <|endoftext|>  ")
	f.Fuzz(func(t *testing.T, text string) {
		own, err := TrainBPE(text, 300)
		require.NoError(t, err)
		for _, b := range []*BPE{gpt2(), trained, own} {
			ids := b.Encode(text)
			require.Equal(t, text, b.Decode(ids))
			require.Equal(t, plainIDs(b, text), ids)
			require.Equal(t, text, b.Decode(b.EncodeSpecial(text)))
			stream := NewStream(b)
			var streamed strings.Builder
			for _, id := range ids {
				streamed.WriteString(stream.Next(id))
			}
			require.Equal(t, text, streamed.String()+stream.Flush())
		}
	})
}
