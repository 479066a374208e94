package main

import (
	"github.com/llm-from-scratch/llm/internal/figures"
)

// nextToken is a model at work: what it chose is read with the rest.
func nextToken() []byte {
	s := figures.NewSketch(348, "One token after the other",
		"A text becomes tokens, the model makes of them a probability for every token, one is drawn and appended to the text, and so on.")
	const x, w, h, step = 4.0, 228.0, 52.0, 82.0
	for i, box := range []struct {
		role  figures.Role
		lines []string
	}{
		{figures.Data, []string{"the text so far", "the rays of"}},
		{figures.Data, []string{"its tokens", "the · rays · of"}},
		{figures.Trained, []string{"the model", "additions and products"}},
		{figures.Probability, []string{"a probability for each token", "light, one, the, every …"}},
	} {
		y := 36 + step*float64(i)
		s.Box(x, y, w, h, box.role, box.lines...)
		if i > 0 {
			s.Arrow(x+w/2, y-step+h, x+w/2, y)
		}
	}
	s.Arrow(x+w, 36+3*step+h/2, 254, 36+3*step+h/2, 254, 36+h/2, x+w, 36+h/2)
	s.Note(262, 172, "start", "one is drawn", "and appended:", "light")
	return s.SVG()
}

// family is the Transformer of 2017 and what became of its halves.
func family() []byte {
	s := figures.NewSketch(316, "The Transformer of 2017, and its halves",
		"An encoder, which sees the whole sentence, and a decoder, which sees what it has written, translate together. The encoder alone became BERT, the decoder alone GPT.")
	for _, half := range []struct {
		x                    float64
		role                 figures.Role
		above, name, sees    string
		alone, does, example string
	}{
		{4, figures.Plain, "drei Bücher", "encoder", "sees all words", "BERT", "fills in blanks", "light [?] on the glass"},
		{208, figures.Trained, "three [?]", "decoder", "sees words before", "GPT", "writes on", "light falls on the [?]"},
	} {
		middle := half.x + 70
		s.Note(middle, 44, "middle", half.above)
		s.Arrow(middle, 50, middle, 68)
		s.Box(half.x, 68, 140, 62, half.role, half.name, half.sees)
		s.Arrow(middle, 130, middle, 198)
		s.Note(middle+10, 170, "start", "alone, 2018")
		s.Box(half.x, 198, 140, 62, half.role, half.alone, half.does)
		s.Note(middle, 282, "middle", half.example)
	}
	s.Arrow(144, 99, 208, 99)
	s.Note(176, 88, "middle", "looked at")
	return s.SVG()
}

// stages are pretraining and the two kinds of fine-tuning, with their chapters.
func stages() []byte {
	s := figures.NewSketch(300, "Pretrained once, fine-tuned for each task",
		"Raw text pretrains a base model in chapter 5. Texts with labels make a classifier of it in chapter 6, instructions with answers an assistant in chapter 7.")
	s.Box(96, 34, 160, 50, figures.Data, "raw text", "as much as there is")
	s.Arrow(176, 84, 176, 126)
	s.Note(186, 109, "start", "pretraining, chapter 5")
	s.Box(96, 126, 160, 50, figures.Trained, "base model", "continues any text")
	s.Arrow(176, 176, 78, 236)
	s.Note(98, 192, "end", "texts with", "labels,", "chapter 6")
	s.Box(4, 236, 148, 50, figures.Trained, "classifier", "spam or not")
	s.Arrow(176, 176, 274, 236)
	s.Note(254, 192, "start", "instructions", "with answers,", "chapter 7")
	s.Box(200, 236, 148, 50, figures.Trained, "assistant", "does as it is asked")
	return s.SVG()
}
