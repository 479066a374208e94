package bert

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// MaskedWords is what guesses words: one more bent layer and norm, and then the token
// embedding, transposed, as in GPT-2, with a bias for each word.
type MaskedWords struct {
	Dense layers.Linear // (C,C)
	Norm  Norm
	Bias  []float32 // (V)
}

// wordsActivations is what the head keeps of some rows; its gradient is another value
// of this type.
type wordsActivations struct {
	rows               []int          // which hidden vectors were read
	read               blas32.General // (M,C), those vectors
	wide, bent, normed blas32.General // (M,C)
	moments            *gpt.Moments
	logits             blas32.General // (M,V)
}

func newWordsActivations(c Config, M int) *wordsActivations {
	C := c.Width
	return &wordsActivations{
		read: f32.New(M, C), wide: f32.New(M, C), bent: f32.New(M, C), normed: f32.New(M, C),
		moments: gpt.NewMoments(M), logits: f32.New(M, c.Vocab),
	}
}

func (a *wordsActivations) fit(M int) {
	layers.Fit(M, &a.read, &a.wide, &a.bent, &a.normed, &a.logits)
}

// words sets the logits (M,V) of the words at some rows of hidden (N,C): only those that
// are to be guessed, since the embedding is a large matrix.
func (m *Model) words(a *wordsActivations, hidden blas32.General, rows []int) blas32.General {
	a.rows = rows
	a.fit(len(rows))
	for i, row := range rows {
		copy(f32.Row(a.read, i), f32.Row(hidden, row))
	}
	f32.GemmThen(blas.NoTrans, blas.Trans, 1, a.read, m.Words.Dense.W, 0, a.wide, f32.Epilogue{Bias: m.Words.Dense.B, GELU: a.bent, Erf: true})
	m.Words.Norm.Forward(a.normed, a.moments, a.bent)
	f32.GemmThen(blas.NoTrans, blas.Trans, 1, a.normed, m.Embedding.Tokens, 0, a.logits, f32.Epilogue{Bias: m.Words.Bias})
	return a.logits
}

// wordsBackward undoes words: from dlogits (M,V) it sets dhidden (N,C) and adds to grad.
func (m *Model) wordsBackward(dhidden blas32.General, grad *Model, d, a *wordsActivations, dlogits blas32.General) {
	d.fit(dlogits.Rows)
	if grad.Words.Bias != nil {
		f32.SumRows(grad.Words.Bias, dlogits)
	}
	if grad.Embedding.Tokens.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dlogits, a.normed, 1, grad.Embedding.Tokens)
	}
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dlogits, m.Embedding.Tokens, 0, d.normed)
	m.Words.Norm.Backward(d.bent, &grad.Words.Norm.LayerNorm, a.moments, d.normed, a.bent)
	f32.ErfGELUBackward(d.wide.Data, d.bent.Data, a.wide.Data)
	m.Words.Dense.Backward(d.read, 0, &grad.Words.Dense, d.wide, a.read)
	clear(dhidden.Data)
	for i, row := range a.rows {
		copy(f32.Row(dhidden, row), f32.Row(d.read, i))
	}
}

// classActivations is what the pooler and the classifier keep; its gradient is another
// value of this type.
type classActivations struct {
	pooled, dropped blas32.General // (B,C): a vector for the whole of each input, and what dropout leaves of it
	mask            attention.Mask
	logits          blas32.General // (B,labels)
}

func newClassActivations(c Config, B int) *classActivations {
	return &classActivations{pooled: f32.New(B, c.Width), dropped: f32.New(B, c.Width), logits: f32.New(B, c.Labels)}
}

func (a *classActivations) fit(B int) { layers.Fit(B, &a.pooled, &a.dropped, &a.logits) }

// firsts is a view (B,C) of the first row of each sequence of T rows in hidden (B·T,C).
func firsts(hidden blas32.General, T int) blas32.General {
	return blas32.General{Rows: hidden.Rows / T, Cols: hidden.Cols, Stride: T * hidden.Stride, Data: hidden.Data}
}

// Pool sets pooled (B,C) to a vector for the whole of each sequence of T rows in hidden
// (B·T,C): tanh of a layer over what stands at [CLS], its first position.
func (m *Model) Pool(pooled, hidden blas32.General, T int) {
	m.Pooler.Forward(pooled, firsts(hidden, T))
	for i, v := range pooled.Data {
		pooled.Data[i] = f32.Tanh(v)
	}
}

// classes sets the logits (B,labels) of the sequences of T rows in hidden (B·T,C).
func (m *Model) classes(a *classActivations, hidden blas32.General, T int, drop *attention.Dropout) blas32.General {
	a.fit(hidden.Rows / T)
	m.Pool(a.pooled, hidden, T)
	copy(a.dropped.Data, a.pooled.Data)
	a.mask.Forward(a.dropped, drop)
	m.Classifier.Forward(a.logits, a.dropped)
	return a.logits
}

// classesBackward undoes classes, as wordsBackward does words. The slope of tanh is
// 1 - tanh².
func (m *Model) classesBackward(dhidden blas32.General, grad *Model, d, a *classActivations, dlogits, hidden blas32.General) {
	d.fit(dlogits.Rows)
	m.Classifier.Backward(d.pooled, 0, &grad.Classifier, dlogits, a.dropped)
	a.mask.Backward(d.pooled, d.pooled)
	for i, v := range a.pooled.Data {
		d.pooled.Data[i] *= 1 - v*v
	}
	T := hidden.Rows / dlogits.Rows
	clear(dhidden.Data)
	m.Pooler.Backward(firsts(dhidden, T), 0, &grad.Pooler, d.pooled, firsts(hidden, T))
}
