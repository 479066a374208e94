package tex

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormulas(t *testing.T) {
	for _, test := range []struct{ tex, want string }{
		{`x`, `<mi>x</mi>`},
		{`12.5`, `<mn>12.5</mn>`},
		{`50,257`, `<mn>50,257</mn>`},
		{`f(1,2)`, `<mi>f</mi><mo stretchy="false">(</mo><mn>1</mn><mo>,</mo><mn>2</mn><mo stretchy="false">)</mo>`},
		{`x_i^2`, `<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>`},
		{`x^{n+1}`, `<msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup>`},
		{`a-b`, `<mi>a</mi><mo>−</mo><mi>b</mi>`},
		{`a = -b`, `<mo>=</mo><mo form="prefix">−</mo><mi>b</mi>`},
		{`\log p - 1`, `<mi>p</mi><mo>−</mo><mn>1</mn>`},
		{`(-1)^2`, `<mo form="prefix">−</mo><mn>1</mn>`},
		{`\frac{a}{b}`, `<mfrac><mi>a</mi><mi>b</mi></mfrac>`},
		{`\frac12`, `<mfrac><mn>1</mn><mn>2</mn></mfrac>`},
		{`\sqrt{D}`, `<msqrt><mi>D</mi></msqrt>`},
		{`\sqrt[3]{D}`, `<mroot><mi>D</mi><mn>3</mn></mroot>`},
		{`\sum_{i=1}^{n} i`, `<munderover><mo movablelimits="true">∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>`},
		{`\log p`, `<mi>log</mi><mspace width="0.167em"></mspace><mi>p</mi>`},
		{`\exp(x)`, `<mi>exp</mi><mo stretchy="false">(</mo>`},
		{`\mathbf{W}\mathbb{R}\mathcal{L}`, `<mi>𝐖</mi><mi>ℝ</mi><mi>ℒ</mi>`},
		{`\boldsymbol{\theta}`, `<mi>𝜽</mi>`},
		{`\mathrm{head}_i`, `<msub><mi>head</mi><mi>i</mi></msub>`},
		{`Q^\top`, `<msup><mi>Q</mi><mi mathvariant="normal">⊤</mi></msup>`},
		{`\text{if } x < 0`, "<mtext>if\u00a0</mtext><mi>x</mi><mo>&lt;</mo><mn>0</mn>"},
		{`\hat{y}`, `<mover accent="true"><mi>y</mi><mo>^</mo></mover>`},
		{`\left( x \right)`, `<mrow><mo stretchy="true" fence="true" form="prefix">(</mo><mi>x</mi><mo stretchy="true" fence="true" form="postfix">)</mo></mrow>`},
		{`\left. x \right|_{0}`, `<msub><mrow><mi>x</mi><mo stretchy="true" fence="true" form="postfix">|</mo></mrow><mn>0</mn></msub>`},
		{`\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}`, `<mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn>`},
		{`\begin{cases} 0 & x \le 0 \\ x & \text{else} \\ \end{cases}`, `<mtable class="cases">`},
		{`\begin{aligned} y &= x \\ &= z \end{aligned}`, `<mtable class="aligned" displaystyle="true">`},
		{`\{1, \ldots, V\}`, `<mo stretchy="false">{</mo>`},
		{`f'(x)`, `<msup><mi>f</mi><mo>′</mo></msup>`},
		{`\underbrace{a+b}_{n}`, `<munder><munder><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mo stretchy="true">⏟</mo></munder><mi>n</mi></munder>`},
		{`\operatorname{softmax}(x)`, `<mi>softmax</mi><mo stretchy="false">(</mo>`},
		{`\max_j x_j`, `<munder><mo movablelimits="true" form="prefix"`},
		{`\mathrm{d}x`, `<mi mathvariant="normal">d</mi>`},
	} {
		got, err := MathML(test.tex, false)
		require.NoError(t, err, test.tex)
		require.Contains(t, got, test.want, test.tex)
		wellFormed(t, got)
	}
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err, s)
	}
}

func TestErrorsNameTheCause(t *testing.T) {
	for _, test := range []struct{ tex, want string }{
		{`\fracc{a}{b}`, `unknown command \fracc; is \frac meant?`},
		{`\sofmtax`, `unknown command \sofmtax`},
		{`\frac{a}`, `an argument is missing at the end`},
		{`{a`, `want "}"`},
		{`a}`, `unexpected "}"`},
		{`\left( x`, `\left( has no \right`},
		{`x_1_2`, `two _ in a row`},
		{`\begin{matrix} 1`, `\begin{matrix}: unexpected the end`},
		{`\begin{tabular}1\end{tabular}`, `unknown environment "tabular"`},
		{`\begin{matrix}1\end{cases}`, `ends with \end{cases}`},
		{`\mathbb{+}`, `\mathbb has no letter '+'`},
		{`\text`, `\text: want "{"`},
		{`x_`, `an argument is missing`},
		{`a & b`, `unexpected "&"`},
	} {
		_, err := MathML(test.tex, true)
		require.ErrorContains(t, err, test.want, test.tex)
	}
}

// Whatever is typed, the answer is well-formed or an error, never a panic.
func FuzzMathML(f *testing.F) {
	for _, s := range []string{`\frac{a}{b}_1^2`, `\left(\begin{cases}1&2\\3\end{cases}\right.`, `\`, `_`, `^^`, `\\`, `'`, `\sqrt[`, `\left`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := MathML(s, true); err == nil && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\uFFFD' || r >= 0xFFFE }) {
			wellFormed(t, got)
		}
	})
}
