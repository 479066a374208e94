package tokens

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestByteAlphabet(t *testing.T) {
	require.Equal(t, "ĠĊčĉ", published(" \n\r\t"))
	require.Equal(t, "Ńŀł", published("\xad\x9e\xa0"))
	for c := range 256 {
		s := published(string([]byte{byte(c)}))
		text, err := Unpublished(s)
		require.NoError(t, err)
		require.Equal(t, string([]byte{byte(c)}), text)
	}
}

// TestWrittenIsRead: a trained encoding survives being written and read.
func TestWrittenIsRead(t *testing.T) {
	b, err := TrainBPE(strings.Repeat("the cat in the hat 你好\n\xff\xff \"\\\" ", 3), 290)
	require.NoError(t, err)
	vocab, merges := written(t, b)
	again, err := ReadBPE(strings.NewReader(vocab), strings.NewReader(merges))
	require.NoError(t, err)
	require.Equal(t, b, again)

	windows := strings.ReplaceAll(merges, "\n", "\r\n") // as some checkouts have it
	again, err = ReadBPE(strings.NewReader(vocab), strings.NewReader(windows))
	require.NoError(t, err)
	require.Equal(t, b, again)
}

// TestLongToken: a token of 64 KB is written and read like any other, from ranks,
// too, and with the line ends of Windows.
func TestLongToken(t *testing.T) {
	b, err := TrainBPE(strings.Repeat(" ", 1<<18), 257+17)
	require.NoError(t, err)
	require.Len(t, b.Bytes(256+16), 1<<17)
	vocab, merges := written(t, b)
	again, err := ReadBPE(strings.NewReader(vocab), strings.NewReader(merges))
	require.NoError(t, err)
	require.Equal(t, b, again)

	var ranks strings.Builder
	for id := range b.EndOfText() {
		fmt.Fprintf(&ranks, "%s %d\r\n", base64.StdEncoding.EncodeToString(b.Bytes(id)), id)
	}
	again, err = ReadRanks(strings.NewReader(ranks.String()))
	require.NoError(t, err)
	require.Equal(t, b, again)
}

func TestReadBPEErrors(t *testing.T) {
	b, err := TrainBPE("ababab", 259)
	require.NoError(t, err)
	vocab, merges := written(t, b)
	edit := func(from, to string) string {
		require.Contains(t, vocab, from)
		return strings.Replace(vocab, from, to, 1)
	}
	three := strings.Replace(vocab, "{", `{"abb": 259, "bb": 260, `, 1)
	for _, c := range []struct{ vocab, merges, want string }{
		{"", merges, "vocab: byte 0: the JSON ends too early"},
		{"{\n\"a\": 0,\n\"b\" 1}", merges, "vocab: line 3: "},
		{"{\n\"a\": \"x\"}", merges, "vocab: line 2: "},
		{"[1, 2]", merges, "vocab: byte 0: "},
		{"{}", merges, "vocab: no token for the byte 0x00"},
		{"{}", "", "vocab: no token for the byte 0x00"},
		{edit(`"a": 97`, `"a": 98`), merges, "the ids of 259 tokens must be 0 to 258, each once"},
		{edit(`"a": 97`, `"a": -1`), merges, `vocab: token "a": id -1: the ids of 259 tokens must be 0 to 258, each once`},
		{edit(`"a": 97`, `"a": 259`), merges, `vocab: token "a": id 259: the ids of 259 tokens must be 0 to 258, each once`},
		{edit(`"a"`, `"a b"`), merges, `vocab: token "a b": the character ' ' stands for no byte`},
		{edit(`"a"`, `"你"`), merges, `vocab: token "你": the character '你' stands for no byte`},
		{edit(`"0"`, `""`), merges, "vocab: a token is empty"},
		{edit(`"0"`, `"00"`), merges, "vocab: no token for the byte 0x30"},
		{edit(EndOfText, "end"), merges, "vocab: no token <|endoftext|>"},
		{vocab, "#version: 0.2\na b\nab", `merges: line 3: "ab": not two tokens with a space between them`},
		{vocab, "a b c", `merges: line 1: "a b c": not two tokens with a space between them`},
		{vocab, "a x\n", `merges: line 1: "a x": the vocabulary has no token "ax"`},
		{vocab, "a 你\n", `merges: line 1: "a 你": the vocabulary has no token "你"`},
		{vocab, "a b\n\na b\n", `merges: line 3: "a b": this makes a token that was made before`},
		{three, "a b\na bb\n", `merges: line 2: "a bb": this merges a token that no merge before has made`},
		{three, "a b\nb b\nab b\na bb\n", `merges: line 4: "a bb": this makes a token that was made before`},
		{vocab, "a b\n" + strings.Repeat("a", 1<<17), `merges: line 2: "` + strings.Repeat("a", 60) + `": not two tokens with a space between them`},
		{vocab, "a b\n\xa3 b\n", "merges: line 2: the byte 0xa3 is not UTF-8"},
		{"{\n\"a\": 0,\n\"a\": 1}", merges, `vocab: line 3: "a" comes twice, first at line 2`},
		{"{\"a\": null}", merges, "vocab: byte 6"},
		{vocab + "{}", merges, "something follows the JSON value"},
	} {
		_, err := ReadBPE(strings.NewReader(c.vocab), strings.NewReader(c.merges))
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "tokens: ")
	}
	broken := iotest.ErrReader(errors.New("broken"))
	_, err = ReadBPE(broken, strings.NewReader(merges))
	require.EqualError(t, err, "tokens: vocab: broken")
	_, err = ReadBPE(strings.NewReader(vocab), broken)
	require.EqualError(t, err, "tokens: merges: broken")
}

// fullDisk takes n bytes and no more.
type fullDisk struct{ n int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.n -= len(p); d.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	require.ErrorIs(t, gpt2().WriteVocab(&fullDisk{5000}), io.ErrShortWrite)
	require.ErrorIs(t, gpt2().WriteMerges(&fullDisk{5000}), io.ErrShortWrite)
}

func TestReadRanksErrors(t *testing.T) {
	var bytes strings.Builder
	for c := range 256 {
		fmt.Fprintln(&bytes, base64.StdEncoding.EncodeToString([]byte{byte(c)}), c)
	}
	for lines, want := range map[string]string{
		"":                                    "tokens: ranks: no token for the byte 0x00",
		"IQ==":                                `tokens: ranks: line 1: rank "", want 0`,
		"IQ== 1":                              `tokens: ranks: line 1: rank "1", want 0`,
		"!!!! 0":                              `tokens: ranks: line 1: "!!!!" is not a token in base64`,
		" 0":                                  `tokens: ranks: line 1: "" is not a token in base64`,
		bytes.String() + "\n":                 `tokens: ranks: line 257: "" is not a token in base64`,
		bytes.String() + "YWJj 256":           `tokens: ranks: line 257: "abc" is 3 earlier tokens, not 2`,
		bytes.String() + "YQ== 256":           `tokens: ranks: line 98: "a" is 1 earlier tokens, not 2`,
		bytes.String() + "YWI= 256\nYWI= 257": `tokens: ranks: line 258: "ab" is 1 earlier tokens, not 2`,
		strings.Repeat("aaaa", 1<<15):         `tokens: ranks: line 1: rank "", want 0`,
		"IQ== 0\n\xff":                        "tokens: ranks: line 2: the byte 0xff is not UTF-8; save the text as UTF-8, or convert it, if it is from Windows with: iconv -f WINDOWS-1252 -t UTF-8",
	} {
		_, err := ReadRanks(strings.NewReader(lines))
		require.EqualError(t, err, want, "%.20q", lines)
	}
	b, err := ReadRanks(strings.NewReader(bytes.String() + "YWI= 256"))
	require.NoError(t, err)
	require.Equal(t, []int{256, 257}, b.EncodeSpecial("ab<|endoftext|>"))
}

// FuzzReadBPE: whatever the merges say, they are refused, or they are written and
// read again as the same encoding, which gives every text back.
func FuzzReadBPE(f *testing.F) {
	b, err := TrainBPE("ababab", 259)
	require.NoError(f, err)
	vocab, merges := written(f, b)
	wider := strings.Replace(vocab, "{", `{"abb": 259, "bb": 260, `, 1)
	f.Add(vocab, merges)
	f.Add(vocab, "#version: 0.2\r\na b\r\n")
	f.Add(wider, "a b\nb b\na bb\n")
	f.Add(wider, "a b\nab b\nb b\n")
	f.Add(vocab+"{}", "\ufeffa b\n")
	f.Add("{\"a\": null}", "a \xa3")
	f.Fuzz(func(t *testing.T, vocab, merges string) {
		b, err := ReadBPE(strings.NewReader(vocab), strings.NewReader(merges))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "tokens: "), err)
			return
		}
		for _, text := range []string{"abbbab bb", "the cat's 帽子", merges} {
			ids := b.Encode(text)
			require.Equal(t, plainIDs(b, text), ids)
			require.Equal(t, text, b.Decode(ids))
		}
		vocab, merges = written(t, b)
		again, err := ReadBPE(strings.NewReader(vocab), strings.NewReader(merges))
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

// FuzzReadRanks does the same with ranks behind those of the bytes.
func FuzzReadRanks(f *testing.F) {
	var bytes strings.Builder
	for c := range 256 {
		fmt.Fprintln(&bytes, base64.StdEncoding.EncodeToString([]byte{byte(c)}), c)
	}
	f.Add("YWI= 256\nYWJj 257\n")
	f.Add("YWI= 256\r\nYWI= 257\r\n")
	f.Add("YWJj 256\n\xff")
	f.Fuzz(func(t *testing.T, ranks string) {
		b, err := ReadRanks(strings.NewReader(bytes.String() + ranks))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "tokens: ranks: "), err)
			return
		}
		for id := range b.EndOfText() {
			require.Equal(t, []int{id}, b.fast.Encoder(0).Append(nil, b.texts[id]))
		}
		require.Equal(t, "abcab", b.Decode(b.Encode("abcab")))
	})
}
