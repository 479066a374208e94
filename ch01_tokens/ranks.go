package tokens

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ReadRanks reads an encoding from the one file that OpenAI's tiktoken uses in
// place of vocab and merges, such as r50k_base.tiktoken, which is GPT-2's: on
// each line a token in base64 and its id, which is its rank too. [EndOfText]
// gets the id after the last.
//
// The file does not say which two tokens were merged to make a third, but that
// can be found out: they are what is left of its bytes when all earlier merges
// are done.
func ReadRanks(ranks io.Reader) (*BPE, error) {
	var texts []string
	lines := bufio.NewScanner(ranks)
	for lines.Scan() {
		text, err := parseRank(lines.Text(), len(texts))
		if err != nil {
			return nil, fmt.Errorf("tokens: ranks: line %d: %w", len(texts)+1, err)
		}
		texts = append(texts, text)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("tokens: ranks: line %d: %w", len(texts)+1, err)
	}
	b, err := newBPE(append(texts, EndOfText), nil)
	if err != nil {
		return nil, fmt.Errorf("tokens: ranks: %w", err)
	}
	for id, text := range texts {
		if len(text) == 1 && b.bytes[text[0]] == id {
			continue
		}
		parts := b.encoder(0).mergeBytes(nil, text)
		if len(parts) != 2 {
			return nil, fmt.Errorf("tokens: ranks: line %d: %q is %d earlier tokens, not 2", id+1, text, len(parts))
		}
		b.add(pair{int32(parts[0]), int32(parts[1])}, id)
	}
	return b, nil
}

// parseRank reads a line such as "IHQ= 256".
func parseRank(line string, id int) (string, error) {
	token, rank, _ := strings.Cut(line, " ")
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(text) == 0 {
		return "", fmt.Errorf("%q is not a token in base64", token)
	}
	if rank != strconv.Itoa(id) {
		return "", fmt.Errorf("rank %q, want %d", rank, id)
	}
	return string(text), nil
}
