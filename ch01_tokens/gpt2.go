package tokens

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The published files hold one printable character for each byte, so that they
// are text whatever bytes a token has. A byte that is a printable character of
// Latin-1 is written as that character; the other 68, in order, as the
// characters from U+0100 on: a space is 'Ġ', a newline 'Ċ'.
var byteRunes, runeBytes = byteAlphabet()

func byteAlphabet() (runes [256]rune, back map[rune]byte) {
	back = make(map[rune]byte, 256)
	other := rune(256)
	for c := range runes {
		r := rune(c)
		if r <= ' ' || r >= 0x7f && r <= 0xa0 || r == 0xad {
			r = other
			other++
		}
		runes[c], back[r] = r, byte(c)
	}
	return runes, back
}

// published returns text as the files write it.
func published(text string) string {
	var s strings.Builder
	for i := range len(text) {
		s.WriteRune(byteRunes[text[i]])
	}
	return s.String()
}

// Unpublished returns the bytes that a token of these files stands for.
func Unpublished(s string) (string, error) {
	if s == "" {
		return "", errors.New("a token is empty")
	}
	text := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := runeBytes[r]
		if !ok {
			return "", fmt.Errorf("token %.60q: the character %q stands for no byte", s, r)
		}
		text = append(text, c)
	}
	return string(text), nil
}

// ReadBPE reads an encoding from the two files that are published with GPT-2,
// as vocab.json and merges.txt by Hugging Face, as encoder.json and vocab.bpe by
// OpenAI. The ids are those of the files.
func ReadBPE(vocab, merges io.Reader) (*BPE, error) {
	var ids map[string]int
	data, err := io.ReadAll(vocab)
	if err == nil {
		err = strictjson.Unmarshal(data, &ids, strictjson.Refuse)
	}
	if err != nil {
		return nil, fmt.Errorf("tokens: vocab: %w", err)
	}
	lines, err := plaintext.ReadLines(merges)
	if err != nil {
		return nil, fmt.Errorf("tokens: merges: %w", err)
	}
	return ParseBPE(ids, lines)
}

// ParseBPE returns the encoding that the contents of the two files describe: the
// id of each token, and the lines of merges, of which the first may name the
// version of the format.
func ParseBPE(ids map[string]int, merges []string) (*BPE, error) {
	texts, err := textsByID(ids)
	if err != nil {
		return nil, fmt.Errorf("tokens: vocab: %w", err)
	}
	b, err := newBPE(texts)
	if err != nil {
		return nil, fmt.Errorf("tokens: vocab: %w", err)
	}
	for i, line := range merges {
		if line == "" || i == 0 && strings.HasPrefix(line, "#version") {
			continue
		}
		m, err := parseMerge(line, ids)
		if err == nil {
			err = b.fast.Check(m.Left, m.Right, m.Token)
		}
		if err != nil {
			return nil, fmt.Errorf("tokens: merges: line %d: %.60q: %w", i+1, line, err)
		}
		b.add(m)
	}
	return b, nil
}

// textsByID returns the text of each id.
func textsByID(ids map[string]int) (texts []string, err error) {
	texts = make([]string, len(ids))
	for s, id := range ids {
		if id < 0 || id >= len(ids) || texts[id] != "" {
			return nil, fmt.Errorf("token %.60q: id %d: the ids of %d tokens must be 0 to %d, each once", s, id, len(ids), len(ids)-1)
		}
		if texts[id], err = Unpublished(s); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// parseMerge reads a line such as "Ġ t", two tokens with a space between them.
func parseMerge(line string, ids map[string]int) (Merge, error) {
	left, right, ok := strings.Cut(line, " ")
	if !ok || strings.Contains(right, " ") {
		return Merge{}, errors.New("not two tokens with a space between them")
	}
	for _, s := range []string{left, right, left + right} {
		if _, ok := ids[s]; !ok {
			return Merge{}, fmt.Errorf("the vocabulary has no token %.60q", s)
		}
	}
	return Merge{ids[left], ids[right], ids[left+right]}, nil
}

// Files are what writes the two files, by their names.
func (b *BPE) Files() map[string]func(w io.Writer) error {
	return map[string]func(w io.Writer) error{"vocab.json": b.WriteVocab, "merges.txt": b.WriteMerges}
}

// WriteVocab writes vocab.json, which [ReadBPE] reads.
func (b *BPE) WriteVocab(w io.Writer) error {
	out := bufio.NewWriter(w)
	between := "{"
	for id, text := range b.texts {
		fmt.Fprintf(out, "%s%s: %d", between, strconv.QuoteToASCII(published(text)), id)
		between = ", "
	}
	out.WriteString("}")
	return out.Flush()
}

// WriteMerges writes merges.txt, which [ReadBPE] reads.
func (b *BPE) WriteMerges(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "#version: 0.2")
	for _, m := range b.merges {
		fmt.Fprintln(out, published(b.texts[m.Left]), published(b.texts[m.Right]))
	}
	return out.Flush()
}
