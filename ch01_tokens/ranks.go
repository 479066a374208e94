package tokens

import (
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// ReadRanks reads an encoding from the one file that OpenAI's tiktoken uses in
// place of vocab and merges, such as r50k_base.tiktoken, which is GPT-2's: on
// each line a token in base64 and its id, which is its rank too. [EndOfText]
// gets the id after the last.
//
// The file does not say which two tokens were merged to make a third: they are
// what is left of its bytes when all earlier merges are done.
func ReadRanks(ranks io.Reader) (*BPE, error) {
	lines, err := plaintext.ReadLines(ranks)
	if err != nil {
		return nil, fmt.Errorf("tokens: ranks: %w", err)
	}
	texts := make([]string, len(lines))
	for id, line := range lines {
		if texts[id], err = parseRank(line, id); err != nil {
			return nil, fmt.Errorf("tokens: ranks: line %d: %w", id+1, err)
		}
	}
	b, err := newBPE(append(texts, EndOfText))
	if err != nil {
		return nil, fmt.Errorf("tokens: ranks: %w", err)
	}
	for id, text := range texts {
		if len(text) == 1 && b.bytes[text[0]] == id {
			continue
		}
		parts := b.fast.Encoder(0).Append(nil, text)
		if len(parts) != 2 {
			return nil, fmt.Errorf("tokens: ranks: line %d: %.60q is %d earlier tokens, not 2", id+1, text, len(parts))
		}
		b.add(Merge{parts[0], parts[1], id})
	}
	return b, nil
}

// parseRank reads a line such as "IHQ= 256".
func parseRank(line string, id int) (string, error) {
	token, rank, _ := strings.Cut(line, " ")
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(text) == 0 {
		return "", fmt.Errorf("%.60q is not a token in base64", token)
	}
	if rank != strconv.Itoa(id) {
		return "", fmt.Errorf("rank %.60q, want %d", rank, id)
	}
	return string(text), nil
}
