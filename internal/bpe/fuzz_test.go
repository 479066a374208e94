package bpe

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzMerge: whatever was learned, the two ways of merging a piece agree.
func FuzzMerge(f *testing.F) {
	for _, piece := range []string{"", "a", "aaaaaaaaa", "internationalisation", "<|endoftext|>", "\r\n\r\n", "👩‍👩‍👧", "\xff\x80\x00"} {
		f.Add("aaa aab aba baa bb the cat in the hat", piece)
		f.Add(piece+" "+piece+piece, piece)
	}
	f.Fuzz(func(t *testing.T, text, piece string) {
		e := table(t, text, 50).Encoder(0)
		piece = piece[:min(len(piece), longPiece)]
		require.Equal(t, e.merge(nil, piece), e.mergeLong(nil, piece))
	})
}
