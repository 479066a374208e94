package main

import "github.com/llm-from-scratch/llm/internal/figures"

// The colours of boxes: one for each kind of thing, in all pictures.
const (
	plain   = -1
	decoder = 0
	tuned   = 1
	encoder = 2
	data    = 5
)

// nextToken is a model at work: what it chose is read with the rest.
func nextToken() []byte {
	s := figures.NewSketch(440, 372, "One token after the other",
		"A text becomes tokens, the model makes of them a probability for every token, one is drawn and appended to the text, and so on.")
	const x, w, h, step = 40.0, 240.0, 52.0, 82.0
	for i, box := range []struct {
		role  int
		lines []string
	}{
		{data, []string{"the text so far", "the rays of"}},
		{plain, []string{"its tokens", "the · rays · of"}},
		{decoder, []string{"the model", "additions and products"}},
		{plain, []string{"a probability for each token", "light, one, the, every …"}},
	} {
		y := 44 + step*float64(i)
		s.Box(x, y, w, h, box.role, box.lines...)
		if i > 0 {
			s.Arrow(x+w/2, y-step+h, x+w/2, y)
		}
	}
	s.Arrow(x+w, 44+3*step+h/2, 330, 44+3*step+h/2, 330, 44+h/2, x+w, 44+h/2)
	s.Note(340, 176, "start", "one is drawn", "and appended:", "light")
	return s.SVG()
}

// family is the Transformer of 2017 and what became of its halves.
func family() []byte {
	s := figures.NewSketch(440, 336, "The Transformer of 2017, and its two halves",
		"An encoder, which sees the whole sentence, and a decoder, which sees what it has written, translate together. The encoder alone became BERT, the decoder alone GPT.")
	for _, half := range []struct {
		x, role              float64
		above, name, sees    string
		alone, does, example string
	}{
		{12, encoder, "drei Bücher", "encoder", "sees all the words", "BERT", "fills in blanks", "the light [?] on the glass"},
		{268, decoder, "three [?]", "decoder", "sees the words before", "GPT", "writes on", "the light falls on the [?]"},
	} {
		middle := half.x + 80
		s.Note(middle, 52, "middle", half.above)
		s.Arrow(middle, 58, middle, 78)
		s.Box(half.x, 78, 160, 66, int(half.role), half.name, half.sees)
		s.Arrow(middle, 144, middle, 212)
		s.Note(middle+10, 182, "start", "alone, 2018")
		s.Box(half.x, 212, 160, 66, int(half.role), half.alone, half.does)
		s.Note(middle, 300, "middle", half.example)
	}
	s.Arrow(172, 111, 268, 111)
	s.Note(220, 102, "middle", "is looked at")
	return s.SVG()
}

// stages are pretraining and the two kinds of fine-tuning, with their chapters.
func stages() []byte {
	s := figures.NewSketch(440, 330, "Pretrained once, fine-tuned for each task",
		"Raw text pretrains a base model in chapter 5. Texts with labels make a classifier of it in chapter 6, instructions with answers an assistant in chapter 7.")
	s.Box(140, 44, 160, 52, data, "raw text", "as much as there is")
	s.Arrow(220, 96, 220, 140)
	s.Note(230, 122, "start", "pretraining, chapter 5")
	s.Box(140, 140, 160, 52, decoder, "base model", "continues any text")
	s.Arrow(220, 192, 92, 248)
	s.Note(136, 212, "end", "texts with labels,", "chapter 6")
	s.Box(12, 248, 160, 52, tuned, "classifier", "spam or not")
	s.Arrow(220, 192, 348, 248)
	s.Note(304, 212, "start", "instructions and", "answers, chapter 7")
	s.Box(268, 248, 160, 52, tuned, "assistant", "does as it is asked")
	return s.SVG()
}
