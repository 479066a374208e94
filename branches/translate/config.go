package translate

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

// The ids that every vocabulary begins with.
const (
	Pad   = grammar.Pad   // fills a shorter sequence up; nobody looks at it
	Begin = grammar.Begin // stands before the first word of a target
	End   = grammar.End   // stands behind the last one
)

// Config holds the sizes of a model and the place of its norms.
type Config struct {
	Vocab     int  `json:"vocab_size"`     // V, the number of ids, of both languages
	Width     int  `json:"d_model"`        // C, the size of the vector at each position
	Hidden    int  `json:"d_ff"`           // F, the width inside the feed-forward network
	Heads     int  `json:"n_head"`         // H, which divides C
	Encoder   int  `json:"encoder_layers"` // layers that read
	Decoder   int  `json:"decoder_layers"` // layers that write
	NormFirst bool `json:"norm_first"`     // norms before what they are for; in the paper they stand after the sum
	FinalNorm bool `json:"final_norm"`     // one more norm after each stack, which NormFirst needs and the paper has not
}

// Default is the model that learns the book's own sentences in minutes.
var Default = Config{Width: 128, Hidden: 512, Heads: 4, Encoder: 2, Decoder: 2, NormFirst: true, FinalNorm: true}

// Validate says what is wrong with a configuration and what to do, or nil.
func (c Config) Validate() error {
	for _, size := range []struct {
		name         string
		value, least int
	}{
		{"vocabulary", c.Vocab, End + 1}, {"width", c.Width, 1}, {"hidden width", c.Hidden, 1}, {"heads", c.Heads, 1},
		{"layers of the encoder", c.Encoder, 1}, {"layers of the decoder", c.Decoder, 1},
	} {
		if size.value < size.least || size.value > 1<<20 {
			return fmt.Errorf("translate: %s is %d; it must be %d to %d", size.name, size.value, size.least, 1<<20)
		}
	}
	C, F := float64(c.Width), float64(c.Hidden)
	switch {
	case float64(c.Vocab)*C+float64(c.Encoder+c.Decoder)*C*(8*C+2*F) > 1<<40:
		return fmt.Errorf("translate: more weights than any computer holds")
	case c.Width%c.Heads != 0:
		return fmt.Errorf("translate: width %d is not divisible by %d heads", c.Width, c.Heads)
	case c.Width%2 != 0:
		return fmt.Errorf("translate: the width is %d; positions are pairs of a sine and a cosine, so it must be even", c.Width)
	}
	return nil
}
