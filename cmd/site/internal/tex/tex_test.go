package tex

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormulas(t *testing.T) {
	for _, test := range []struct{ tex, want string }{
		{`x`, `<mi>x</mi>`},
		{`12.5`, `<mn>12.5</mn>`},
		{`f(1,2)`, `<mi>f</mi><mo stretchy="false">(</mo><mn>1</mn><mo>,</mo><mn>2</mn><mo stretchy="false">)</mo>`},
		{`x_i^2`, `<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>`},
		{`x^{n+1}`, `<msup><mi>x</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msup>`},
		{`a-b`, `<mi>a</mi><mo>−</mo><mi>b</mi>`},
		{`a = -b`, `<mo>=</mo><mo form="prefix">−</mo><mi>b</mi>`},
		{`\log p - 1`, `<mi>p</mi><mo>−</mo><mn>1</mn>`},
		{`(-1)^2`, `<mo form="prefix">−</mo><mn>1</mn>`},
		{`\frac{a}{b}`, `<mfrac><mi>a</mi><mi>b</mi></mfrac>`},
		{`\sqrt{D}`, `<msqrt><mi>D</mi></msqrt>`},
		{`\sum_{i=1}^{n} i`, `<munderover><mo movablelimits="true">∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>`},
		{`\log p`, `<mi>log</mi><mspace width="0.167em"></mspace><mi>p</mi>`},
		{`\exp(x)`, `<mi>exp</mi><mo stretchy="false">(</mo>`},
		{`\mathbf{W}\mathbb{R}\mathcal{L}`, `<mi>𝐖</mi><mi>ℝ</mi><mi>ℒ</mi>`},
		{`\mathrm{head}_i`, `<msub><mi>head</mi><mi>i</mi></msub>`},
		{`Q^\top`, `<msup><mi>Q</mi><mi mathvariant="normal">⊤</mi></msup>`},
		{`\text{if } x < 0`, "<mtext>if\u00a0</mtext><mi>x</mi><mo>&lt;</mo><mn>0</mn>"},
		{`1/n`, `<mn>1</mn><mo lspace="0" rspace="0">/</mo><mi>n</mi>`},
		{`\hat{y}`, `<mover accent="true"><mi>y</mi><mo>^</mo></mover>`},
		{`\left( x \right)`, `<mrow><mo stretchy="true" fence="true" form="prefix">(</mo><mi>x</mi><mo stretchy="true" fence="true" form="postfix">)</mo></mrow>`},
		{`\begin{aligned} 1 & 2 \\ 3 & 4 \end{aligned}`, `<mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn>`},
		{`\begin{aligned} y &= x \\ &= z \\ \end{aligned}`, `<mtable class="aligned" displaystyle="true">`},
		{`f'(x)`, `<msup><mi>f</mi><mo>′</mo></msup>`},
		{`\max_j x_j`, `<munder><mo movablelimits="true" form="prefix"`},
		{`\mathrm{d}x`, `<mi mathvariant="normal">d</mi>`},
	} {
		got, err := MathML(test.tex, false)
		require.NoError(t, err, test.tex)
		require.Contains(t, got, test.want, test.tex)
		wellFormed(t, got)
	}
}

// Commands that no page uses go, and come back with a page that does.
func TestEveryCommandIsUsed(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	used := map[string]bool{}
	for _, pattern := range []string{"docs/*.md", "ch0*/testdata/exercises/*/hint.md", "branches/*/testdata/exercises/*/hint.md"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		for _, file := range files {
			page, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, formula := range regexp.MustCompile("(?s)\\$`.*?`\\$|```math.*?```").FindAllString(string(page), -1) {
				for _, command := range regexp.MustCompile(`\\([A-Za-z]+(\{[a-z]+\})?|.)`).FindAllStringSubmatch(formula, -1) {
					name, argument, _ := strings.Cut(command[1], "{")
					used[name] = true
					used["{"+argument] = true
				}
			}
		}
	}
	require.NotEmpty(t, used)
	for name := range symbols {
		require.True(t, used[name], `no page uses \%s: take it out of symbols.go`, name)
	}
	for name := range structures {
		require.True(t, used[name], `no page uses \%s: take it out of symbols.go`, name)
	}
	for name := range environments {
		require.True(t, used["{"+name+"}"], "no page uses the environment %s: take it out of symbols.go", name)
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
		{`\frac{a}`, `\frac: want "{", found the end of the formula`},
		{`\frac12`, `\frac: want "{", found "12"`},
		{`\sqrt[3]{x}`, `\sqrt: want "{", found "["`},
		{`x^12`, `put 12 into braces`},
		{`{a`, `want "}"`},
		{`a}`, `unexpected "}"`},
		{`\left( x`, `\left( has no \right`},
		{`x_1_2`, `two _ in a row`},
		{`\begin{aligned} 1`, `\begin{aligned}: unexpected the end`},
		{`\begin{tabular}1\end{tabular}`, `unknown environment "tabular"`},
		{`\begin{aligned}1\end{cases}`, `ends with \end{cases}`},
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
	for _, s := range []string{`\frac{a}{b}_1^2`, `\left(\begin{aligned}1&2\\3\end{aligned}\right)`, `\`, `_`, `^^`, `\\`, `'`, `\sqrt[`, `\left`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := MathML(s, true); err == nil && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\uFFFD' || r >= 0xFFFE }) {
			wellFormed(t, got)
		}
	})
}
