package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// book is a row for each chapter with what it makes, from the text to the assistant.
func book(docs string) ([]byte, error) {
	gpt2, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	loss, err := recorded(docs, "newton.csv", "validation_loss", "")
	if err != nil {
		return nil, err
	}
	sorted, err := found(docs, "spam.txt", `([0-9.]+)% of (\d+) messages held out`)
	if err != nil {
		return nil, err
	}
	asked, err := found(docs, "assistant-eval.txt", `(What .*\?)\n *right: (\w+)`)
	if err != nil {
		return nil, err
	}
	const left, row = 118.0, 66.0
	s := figures.NewSketch(36+7*row, "From four words to an assistant", "Words become ids, vectors, vectors that look at each other, a model, one that has learned, one that sorts messages, and one that answers.")
	for i, chapter := range [][3]string{{"Tokens", "text becomes", "numbers"}, {"Embeddings", "numbers become", "vectors"}, {"Attention", "each looks at", "those before it"},
		{"GPT", "blocks, one", "upon the other"}, {"Pretraining", "it reads a book,", "the loss falls"}, {"Classification", "ham or spam?", ""}, {"Instructions", "it answers", ""}} {
		s.Text(4, 50+row*float64(i), "start", figures.Plain, fmt.Sprintf("%d %s", i+1, chapter[0]))
		s.Note(4, 66+row*float64(i), "start", chapter[1:]...)
	}
	firstChapters(s, gpt2, left, row)
	first, last := loss.Y[0], loss.Y[len(loss.Y)-1]
	p := panel{s, left, 40 + 4*row, 170, 44, 0, loss.X[len(loss.X)-1], last, first}
	p.curve(figures.Trained, loss.X, loss.Y)
	s.Note(left+10, 50+4*row, "start", fmt.Sprintf("%.1f", first))
	s.Note(left+176, 87+4*row, "start", fmt.Sprintf("%.1f", last))
	share, _ := strconv.ParseFloat(sorted[1], 64)
	s.Box(left, 40+5*row, 228*share/100, 24, figures.Trained)
	s.Box(left+228*share/100, 40+5*row, 228*(1-share/100), 24, figures.Gradient)
	s.Note(left, 80+5*row, "start", fmt.Sprintf("%s%% of %s new ones sorted right", sorted[1], sorted[2]))
	s.Vector(left, 40+6*row, 228, figures.Data, asked[1])
	s.Arrow(left+114, 62+6*row, left+114, 72+6*row)
	s.Vector(left+84, 74+6*row, 60, figures.Probability, asked[2])
	return s.SVG(), nil
}

// firstChapters draws what comes of four words in chapters 1 to 4, row apart. Those
// who look at each other are four words of chapter 3.
func firstChapters(s figures.Sketch, gpt2 *tokens.BPE, left, row float64) {
	for i, text := range []string{"The", " rays", " of", " light"} {
		x := left + 58*float64(i)
		s.Vector(x, 40, 54, figures.Data, text)
		s.Vector(x, 62, 54, figures.Plain, fmt.Sprint(gpt2.Encode(text)[0]))
		s.Matrix(x, 122, 9, figures.Residual, 1, 6, "", "")
	}
	weights := attention.Scores(f32.Rows(toy(), 0, 4))
	attention.MaskFuture(weights)
	attention.SoftmaxRows(weights)
	s.Heat(left, 36+2*row, 57, 14, table(weights, true))
	for i := range gpt.GPT2Small.Layers {
		s.Box(left+19*float64(i), 40+3*row, 15, 34, figures.Trained)
	}
	s.Note(left, 90+3*row, "start", fmt.Sprintf("%d blocks of GPT-2", gpt.GPT2Small.Layers))
}

// found is the first place in a recorded log that a pattern fits, and its groups.
func found(docs, log, pattern string) ([]string, error) {
	file := filepath.Join(docs, "runs", log)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	groups := regexp.MustCompile(pattern).FindStringSubmatch(string(text))
	if groups == nil {
		return nil, fmt.Errorf("%s has nothing like %s", file, pattern)
	}
	return groups, nil
}
