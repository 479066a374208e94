package tokens

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
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

// unpublished is published undone.
func unpublished(s string) (string, error) {
	if s == "" {
		return "", errors.New("a token is empty")
	}
	text := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := runeBytes[r]
		if !ok {
			return "", fmt.Errorf("token %q: the character %q stands for no byte", s, r)
		}
		text = append(text, c)
	}
	return string(text), nil
}

// ReadBPE reads an encoding from the two files that are published with GPT-2,
// as vocab.json and merges.txt by Hugging Face, as encoder.json and vocab.bpe by
// OpenAI. The ids are those of the files.
func ReadBPE(vocab, merges io.Reader) (*BPE, error) {
	texts, err := readVocab(vocab)
	if err != nil {
		return nil, fmt.Errorf("tokens: vocab: %w", err)
	}
	order, err := readMerges(merges, texts)
	if err != nil {
		return nil, fmt.Errorf("tokens: merges: %w", err)
	}
	b, err := newBPE(texts, order)
	if err != nil {
		return nil, fmt.Errorf("tokens: vocab: %w", err)
	}
	return b, nil
}

// readVocab reads a JSON object of tokens and ids.
func readVocab(r io.Reader) ([]string, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var ids map[string]int
	if err := json.Unmarshal(data, &ids); err != nil {
		return nil, fmt.Errorf("line %d: %w", jsonLine(data, err), err)
	}
	texts := make([]string, len(ids))
	taken := make([]bool, len(ids))
	for s, id := range ids {
		if id < 0 || id >= len(ids) || taken[id] {
			return nil, fmt.Errorf("token %q: id %d: the ids of %d tokens must be 0 to %d, each once", s, id, len(ids), len(ids)-1)
		}
		taken[id] = true
		if texts[id], err = unpublished(s); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// jsonLine returns the line of data in which reading it met err.
func jsonLine(data []byte, err error) int {
	at := int64(len(data))
	var syntax *json.SyntaxError
	var value *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	} else if errors.As(err, &value) {
		at = value.Offset
	}
	return 1 + bytes.Count(data[:min(at, int64(len(data)))], []byte("\n"))
}

// readMerges reads one merge a line, two tokens with a space between them. The
// first line may name the version of the format. Every token is to be there
// before it is merged with another, and to be made once: so it is wherever
// merges were learned, and encoding relies on it.
func readMerges(r io.Reader, texts []string) ([]pair, error) {
	ids := make(map[string]int32, len(texts))
	there := make([]bool, len(texts))
	for id, text := range texts {
		ids[published(text)] = int32(id)
		there[id] = len(text) == 1
	}
	var order []pair
	lines := bufio.NewScanner(r)
	line := 0
	for lines.Scan() {
		line++
		text := lines.Text()
		if text == "" || line == 1 && strings.HasPrefix(text, "#version") {
			continue
		}
		p, err := parseMerge(text, ids, there)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		order = append(order, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", line+1, err)
	}
	return order, nil
}

// parseMerge reads a line such as "Ġ t". There tells which tokens there are by
// now, and learns of one more.
func parseMerge(line string, ids map[string]int32, there []bool) (pair, error) {
	left, right, ok := strings.Cut(line, " ")
	if !ok || strings.Contains(right, " ") {
		return pair{}, fmt.Errorf("%q is not two tokens with a space between them", line)
	}
	for _, s := range []string{left, right, left + right} {
		if _, ok := ids[s]; !ok {
			return pair{}, fmt.Errorf("%q: the vocabulary has no token %q", line, s)
		}
	}
	p, both := pair{ids[left], ids[right]}, ids[left+right]
	if !there[p.left] || !there[p.right] {
		return pair{}, fmt.Errorf("%q merges a token that no line before has made", line)
	}
	if there[both] {
		return pair{}, fmt.Errorf("%q makes a token that was made before", line)
	}
	there[both] = true
	return p, nil
}

// WriteVocab writes vocab.json.
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

// WriteMerges writes merges.txt.
func (b *BPE) WriteMerges(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "#version: 0.2")
	for _, p := range b.order {
		fmt.Fprintln(out, published(b.texts[p.left]), published(b.texts[p.right]))
	}
	return out.Flush()
}
