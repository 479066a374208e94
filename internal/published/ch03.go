package published

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

const (
	noTrans = blas.NoTrans
	trans   = blas.Trans
)

// journey is "Your journey starts with one step", the chapter's six vectors.
func journey() blas32.General {
	return f32.View([]float32{.43, .15, .89, .55, .87, .66, .57, .85, .64, .22, .58, .33, .77, .25, .10, .05, .80, .55}, 6, 3)
}

// simpleAttention is cells 28 to 55, and the products of cell 138.
func simpleAttention(context.Context, *Lab) ([]Row, error) {
	var s sheet
	x := journey()
	scores := attention.Scores(x)
	s.numbers("ch03[28] scores of token 2", ".9544 1.4950 1.4754 .8434 .7070 1.0865", f32.Row(scores, 1)...)
	s.number("ch03[31] one of them", ".9544", float64(f32.Dot(f32.Row(x, 0), f32.Row(x, 1))))
	share := append([]float32(nil), f32.Row(scores, 1)...)
	f32.Scale(1/f32.Sum(share), share)
	s.numbers("ch03[33] divided by their sum", ".1455 .2278 .2249 .1285 .1077 .1656", share...)
	weights := append([]float32(nil), f32.Row(scores, 1)...)
	attention.Softmax(weights)
	s.numbers("ch03[35] softmax", ".1385 .2379 .2333 .1240 .1082 .1581", weights...)
	s.doubles("ch03[35] softmax, more digits", ".1385476 .2378913 .2332740 .1239916 .1081819 .1581136", weights...)

	s.matrix("ch03[47] scores", `.9995 .9544 .9422 .4753 .4576 .6310/.9544 1.4950 1.4754 .8434 .7070 1.0865/
		.9422 1.4754 1.4570 .8296 .7154 1.0605/.4753 .8434 .8296 .4937 .3474 .6565/
		.4576 .7070 .7154 .3474 .6654 .2935/.6310 1.0865 1.0605 .6565 .2935 .9450`, scores)
	contexts, all := attention.Simple(x)
	s.matrix("ch03[51] weights", `.2098 .2006 .1981 .1242 .1220 .1452/.1385 .2379 .2333 .1240 .1082 .1581/
		.1390 .2369 .2326 .1242 .1108 .1565/.1435 .2074 .2046 .1462 .1263 .1720/
		.1526 .1958 .1975 .1367 .1879 .1295/.1385 .2184 .2128 .1420 .0988 .1896`, all)
	s.doubleMatrix("ch03[51] weights, more digits", `.2098348 .2005814 .1981492 .1242282 .1220487 .1451576/
		.1385476 .2378913 .2332740 .1239916 .1081819 .1581136/
		.1390076 .2369214 .2326019 .1242044 .1108002 .1564644/.1435269 .2073944 .2045520 .1461922 .1262952 .1720392/
		.1526108 .1958387 .1974906 .1366867 .1878589 .1295143/.1384712 .2183637 .2127594 .1420476 .0988064 .1895518`, all)
	for i := range all.Rows {
		s.number(fmt.Sprintf("ch03[53] sum of row %d", i), "1.0000", float64(f32.Sum(f32.Row(all, i))))
	}
	s.numbers("ch03[40] context of token 2", ".4419 .6515 .5683", f32.Row(contexts, 1)...)
	s.matrix("ch03[55] contexts", ".4421 .5931 .5790/.4419 .6515 .5683/.4431 .6496 .5671/.4304 .6298 .5510/.4671 .5910 .5266/.4177 .6503 .5645", contexts)
	s.doubleMatrix("ch03[55] contexts, more digits", `.4420594 .5930986 .5789891/.4418657 .6514820 .5683089/.4431275 .6495946 .5670731/
		.4303897 .6298281 .5510271/.4671017 .5909927 .5265965/.4177245 .6503232 .5645352`, contexts)

	demo := []float32{
		.2745, .6584, .2775, .8573, .8993, .0390, .9268, .7388, .7179, .7058, .9156, .4340,
		.0772, .3565, .1479, .5331, .4066, .2318, .4545, .9737, .4606, .5159, .4220, .5786,
	}
	s.matrix("ch03[138] first head", "1.3208 1.1631 1.2879/1.1631 2.2150 1.8424/1.2879 1.8424 2.0402", attention.Scores(f32.View(demo[:12], 3, 4)))
	s.matrix("ch03[138] second head", ".4391 .7003 .5903/.7003 1.3737 1.0620/.5903 1.0620 .9912", attention.Scores(f32.View(demo[12:], 3, 4)))
	return s, nil
}

// newLinear is a new nn.Linear.
func newLinear(g *torchrand.Generator, in, out int, bias bool) attention.Linear {
	l := attention.NewLinear(in, out, bias)
	drawLinear(g, l.W, l.B)
	return l
}

// newHead draws a head whose queries, keys and values are new linear layers.
func newHead(g *torchrand.Generator, in, out int, causal bool) attention.Head {
	h := attention.Head{Causal: causal}
	h.Query, h.Key, h.Value = newLinear(g, in, out, false), newLinear(g, in, out, false), newLinear(g, in, out, false)
	return h
}

// turned is the weight as PyTorch stores it, (out,in).
func turned(l attention.Linear) blas32.General {
	t := f32.New(l.W.Cols, l.W.Rows)
	for i := range t.Rows {
		for j := range t.Cols {
			t.Data[i*t.Cols+j] = l.W.Data[j*t.Rows+i]
		}
	}
	return t
}

// contexts runs a head over x.
func contexts(h attention.Head, x blas32.General) (blas32.General, *attention.HeadActivations) {
	y, a := f32.New(x.Rows, h.Value.W.Cols), attention.NewHeadActivations(x.Rows, h.Value.W.Cols)
	h.Forward(y, a, x)
	return y, a
}

// heads is cells 68 to 131 and the exercises.
func heads(context.Context, *Lab) ([]Row, error) {
	var s sheet
	firstHead(&s)
	maskedHead(&s)
	manyHeads(&s)
	return s, nil
}

// firstHead is cells 68 to 86, whose weights come from torch.rand.
func firstHead(s *sheet) {
	x, g := journey(), torchrand.New(seed)
	var h attention.Head
	for _, l := range []*attention.Linear{&h.Query, &h.Key, &h.Value} {
		*l = attention.NewLinear(3, 2, false)
		g.Uniform(l.W.Data, 0, 1)
	}
	s.matrix("ch03[68] W_query", ".29611194 .51656228/.25167072 .68855679/.07397246 .86652195", h.Query.W)
	s.matrix("ch03[68] W_key", ".13657987 .10247904/.18405646 .72644675/.31525391 .68710667", h.Key.W)
	s.matrix("ch03[68] W_value", ".07563531 .19663817/.31641197 .40174013/.11856830 .82739538", h.Value.W)
	y, a := contexts(h, x)
	s.numbers("ch03[70] query 2", ".4306 1.4551", f32.Row(a.Q, 1)...)
	s.text("ch03[73] keys", "(6, 2)", shape(a.K.Rows, a.K.Cols))
	s.text("ch03[73] values", "(6, 2)", shape(a.V.Rows, a.V.Cols))
	scores := f32.New(6, 6)
	f32.Gemm(noTrans, trans, 1, a.Q, a.K, 0, scores)
	s.number("ch03[75] score 2 2", "1.8524", float64(f32.Row(scores, 1)[1]))
	s.numbers("ch03[77] scores of token 2", "1.2705 1.8524 1.8111 1.0795 .5577 1.5440", f32.Row(scores, 1)...)
	s.numbers("ch03[80] weights of token 2", ".1500 .2264 .2199 .1311 .0906 .1820", f32.Row(a.Weights, 1)...)
	s.numbers("ch03[83] context of token 2", ".3061 .8210", f32.Row(y, 1)...)
	s.matrix("ch03[86] SelfAttention_v1", ".2996 .8053/.3061 .8210/.3058 .8203/.2948 .7939/.2927 .7891/.2990 .8040", y)
}

// maskedHead is cells 89 to 116, with the weights of SelfAttention_v2.
func maskedHead(s *sheet) {
	x, h := journey(), newHead(torchrand.New(789), 3, 2, false)
	y, a := contexts(h, x)
	const output = "-.0739 .0713/-.0748 .0703/-.0749 .0702/-.0760 .0685/-.0763 .0679/-.0754 .0693"
	s.matrix("ch03[89] SelfAttention_v2", output, y)
	s.doubleMatrix("ch03[89] W_query", ".3160591 .4568086 .5118348/-.1682854 -.3378771 -.0917739", turned(h.Query))
	s.doubleMatrix("ch03[89] W_key", ".4058058 -.4704205 .2368052/.2133607 -.2600507 -.5105430", turned(h.Key))
	s.doubleMatrix("ch03[89] W_value", ".2525699 -.1414783 -.1961814/.5191074 -.0851676 -.2043271", turned(h.Value))

	// Exercise 3.1 gives v1 the turned weights of v2: as products they are these.
	q, k, v, weights := f32.New(6, 2), f32.New(6, 2), f32.New(6, 2), f32.New(6, 6)
	f32.Gemm(noTrans, noTrans, 1, x, h.Query.W, 0, q)
	f32.Gemm(noTrans, noTrans, 1, x, h.Key.W, 0, k)
	f32.Gemm(noTrans, noTrans, 1, x, h.Value.W, 0, v)
	attention.Weigh(weights, q, k, false)
	same := f32.New(6, 2)
	attention.Mix(same, weights, v)
	s.matrix("ch03 exercise 3.1", output, same)

	s.matrix("ch03[98] weights", `.1921 .1646 .1652 .1550 .1721 .1510/.2041 .1659 .1662 .1496 .1665 .1477/
		.2036 .1659 .1662 .1498 .1664 .1480/.1869 .1667 .1668 .1571 .1661 .1564/
		.1830 .1669 .1670 .1588 .1658 .1585/.1935 .1663 .1666 .1542 .1666 .1529`, a.Weights)
	lower := f32.New(6, 6)
	for i := range 6 {
		copy(f32.Row(lower, i)[:i+1], f32.Row(a.Weights, i))
	}
	s.matrix("ch03[102] times a triangle", `.1921 0 0 0 0 0/.2041 .1659 0 0 0 0/.2036 .1659 .1662 0 0 0/.1869 .1667 .1668 .1571 0 0/
		.1830 .1669 .1670 .1588 .1658 0/.1935 .1663 .1666 .1542 .1666 .1529`, lower)
	for i := range 6 {
		f32.Scale(1/f32.Sum(f32.Row(lower, i)), f32.Row(lower, i))
	}
	const triangle = `1.0000 0 0 0 0 0/.5517 .4483 0 0 0 0/.3800 .3097 .3103 0 0 0/.2758 .2460 .2462 .2319 0 0/
		.2175 .1983 .1984 .1888 .1971 0/.1935 .1663 .1666 .1542 .1666 .1529`
	s.matrix("ch03[105] rows that sum to one", triangle, lower)

	scores := f32.New(6, 6)
	f32.Gemm(noTrans, trans, 1, a.Q, a.K, 0, scores)
	attention.MaskFuture(scores)
	for i, want := range strings.Split(".2899/.4656 .1723/.4594 .1703 .1731/.2642 .1024 .1036 .0186/.2183 .0874 .0882 .0177 .0786/.3408 .1270 .1290 .0198 .1290 .0078", "/") {
		row := f32.Row(scores, i)
		s.numbers(fmt.Sprintf("ch03[108] masked scores %d", i), want, row[:i+1]...)
		for j, v := range row[i+1:] {
			s.text(fmt.Sprintf("ch03[108] masked scores %d %d", i, i+1+j), math.Inf(-1), v)
		}
	}
	causal := f32.New(6, 6)
	attention.Weigh(causal, a.Q, a.K, true)
	s.matrix("ch03[110] causal weights", triangle, causal)

	mask := f32.New(6, 6)
	torchrand.New(seed).Dropout(mask.Data, .5)
	s.matrix("ch03[115] dropout of ones", "2 2 0 2 2 0/0 0 0 2 0 2/2 2 2 2 0 2/0 2 2 0 0 2/0 2 0 2 0 2/0 2 2 2 2 0", mask)
	f32.Mul(causal.Data, causal.Data, mask.Data)
	s.matrix("ch03[116] dropout of the weights", `2.0000 0 0 0 0 0/0 0 0 0 0 0/.7599 .6194 .6206 0 0 0/0 .4921 .4925 0 0 0/
		0 .3966 0 .3775 0 0/0 .3327 .3331 .3084 .3331 0`, causal)
}

// manyHeads is cells 121 to 131: one head, two side by side, and one matrix split.
func manyHeads(s *sheet) {
	x, g := journey(), torchrand.New(seed)
	one, two := newHead(g, 3, 2, true), newHead(g, 3, 2, true)
	s.doubleMatrix("ch03[121] W_query", "-.2354297 .0191245 -.2867460/.2177266 -.4919342 .4232231", turned(one.Query))
	s.doubleMatrix("ch03[121] W_key", "-.4196414 -.4590177 -.3648202/.2614782 -.2133264 .2160522", turned(one.Key))
	s.doubleMatrix("ch03[121] W_value", "-.4900141 -.3502921 -.2119892/-.1134607 -.4404394 .3780436", turned(one.Value))
	for item := range 2 { // of a batch that holds the text twice
		y, _ := contexts(one, x)
		s.matrix(fmt.Sprintf("ch03[121] CausalAttention %d", item), "-.4519 .2216/-.5874 .0058/-.6300 -.0632/-.5675 -.0843/-.5526 -.0981/-.5299 -.1081", y)
		z, _ := contexts(two, x)
		s.matrix(fmt.Sprintf("ch03[127] second head %d", item), ".4772 .1063/.5891 .3257/.6202 .3860/.5478 .3589/.5321 .3428/.5077 .3493", z)
		s.text(fmt.Sprintf("ch03[127] wrapper's output %d", item), "(2, 6, 4)", shape(2, y.Rows, y.Cols+z.Cols))
	}
	narrow, _ := contexts(newHead(torchrand.New(seed), 3, 1, true), x)
	s.text("ch03 exercise 3.2 output of two heads", "(2, 6, 2)", shape(2, narrow.Rows, 2*narrow.Cols))

	g = torchrand.New(seed)
	split := newHead(g, 3, 2, true)
	proj := newLinear(g, 2, 2, true)
	s.doubleMatrix("ch03[131] out_proj weight", "-.1667578 .2269726/.5000260 .1317382", turned(proj))
	s.doubles("ch03[131] out_proj bias", ".1933589 .6825410", proj.B...)
	both := f32.View(append(append([]float32(nil), x.Data...), x.Data...), 12, 3)
	q, k, v, mixed, y := f32.New(12, 2), f32.New(12, 2), f32.New(12, 2), f32.New(12, 2), f32.New(12, 2)
	split.Query.Forward(q, both)
	split.Key.Forward(k, both)
	split.Value.Forward(v, both)
	var a attention.HeadsActivations
	attention.Heads{Count: 2, Causal: true}.Forward(mixed, &a, q, k, v, 6, 6, nil)
	proj.Forward(y, mixed)
	const output = ".3190 .4858/.2943 .3897/.2856 .3593/.2693 .3873/.2639 .3928/.2575 .4028"
	s.matrix("ch03[131] MultiHeadAttention", output+"/"+output, y)
}
