package safetensors

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A half is a 16-bit type with its fields, to compute the value by its
// definition.
type half struct {
	name               DType
	exponent, fraction int // bits
	from               func(uint16) float32
	to                 func(float32) uint16
}

var halves = []half{{F16, 5, 10, FromF16, ToF16}, {BF16, 8, 7, FromBF16, ToBF16}}

// value is (-1)^sign · 2^(exponent-bias) · 1.fraction, in float64; with the lowest
// exponent 0.fraction, with the highest infinity or NaN.
func (h half) value(bits uint16) float64 {
	sign := 1 - 2*float64(bits>>15)
	e := int(bits>>h.fraction) & (1<<h.exponent - 1)
	f := float64(bits&(1<<h.fraction-1)) / float64(int(1)<<h.fraction)
	bias := 1<<(h.exponent-1) - 1
	switch {
	case e == 1<<h.exponent-1 && f != 0:
		return math.NaN()
	case e == 1<<h.exponent-1:
		return sign * math.Inf(1)
	case e == 0:
		return sign * math.Ldexp(f, 1-bias)
	}
	return sign * math.Ldexp(1+f, e-bias)
}

func TestAllHalves(t *testing.T) {
	for _, h := range halves {
		t.Run(string(h.name), func(t *testing.T) {
			numbers := 0
			for i := range 1 << 16 {
				bits := uint16(i)
				got, want := h.from(bits), h.value(bits)
				if math.IsNaN(want) {
					require.True(t, got != got, "%#04x", bits)
					continue
				}
				if float64(got) != want || math.Signbit(float64(got)) != math.Signbit(want) {
					t.Fatalf("%#04x: got %v, want %v", bits, got, want)
				}
				if math.IsInf(want, 0) {
					continue
				}
				numbers++
				if h.to(got) != bits { // minus zero, too
					t.Fatalf("%v: got %#04x, want %#04x", got, h.to(got), bits)
				}
			}
			require.Equal(t, 1<<16-2<<h.fraction, numbers, "all but those of the highest exponent")
		})
	}
}

// Between two neighbours the nearer is taken, half-way the one that ends in 0.
func TestHalvesRound(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, h := range halves {
		t.Run(string(h.name), func(t *testing.T) {
			highest := uint16(1<<15-1<<h.fraction) - 1 // the largest finite one
			for bits := range highest {
				low, high := h.value(bits), h.value(bits+1)
				middle := float32((low + high) / 2)
				require.Equal(t, (low+high)/2, float64(middle))
				even := bits + bits&1
				for v, want := range map[float32]uint16{
					middle:                      even,
					math.Nextafter32(middle, 0): bits, math.Nextafter32(middle, inf): bits + 1,
				} {
					if h.to(v) != want || h.to(-v) != 1<<15|want {
						t.Fatalf("%g: got %#04x, want %#04x", v, h.to(v), want)
					}
				}
			}
			codec := codecs[h.name]
			require.Equal(t, h.value(highest)+(h.value(highest)-h.value(highest-1))/2, codec.limit)
			require.Equal(t, highest, h.to(math.Nextafter32(float32(codec.limit), 0)))
		})
	}
}

func TestWrite(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	data := make([]float32, 70_001)
	for i := range data {
		data[i] = float32(rng.NormFloat64())
	}
	params := []Tensor{{Name: "a", Shape: []int{len(data)}, Data: data}, {Name: "b", Shape: []int{1}, Data: []float32{-3}}}
	for typ, size := range map[DType]int{F32: 4, F16: 2, BF16: 2} {
		var out bytes.Buffer
		require.NoError(t, Write(&out, typ, params, nil))
		tensors, err := New("x", bytes.NewReader(out.Bytes()), int64(out.Len()))
		require.NoError(t, err)
		require.Zero(t, tensors.start%8)
		require.Equal(t, int(tensors.start)+size*(len(data)+1), out.Len())
		for _, p := range params {
			got := Tensor{Name: p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))}
			require.NoError(t, tensors.Read(got))
			for i, v := range p.Data {
				want := v
				for _, h := range halves {
					if h.name == typ {
						want = h.from(h.to(v))
					}
				}
				if got.Data[i] != want {
					t.Fatalf("%s %s[%d]: got %v, want %v", typ, p.Name, i, got.Data[i], want)
				}
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []struct {
		typ  DType
		v    float32
		want string
	}{
		{F32, inf, `tensor "a" has the value +Inf at position 1, which is not finite in F32`},
		{F32, nan, `tensor "a" has the value NaN at position 1, which is not finite in F32`},
		{F16, 65519.996, ""},
		{F16, 65520, `tensor "a" has the value 65520 at position 1, which is not finite in F16`},
		{F16, -1e9, `tensor "a" has the value -1e+09 at position 1, which is not finite in F16`},
		{BF16, 3.39e38, ""},
		{BF16, math.MaxFloat32, `tensor "a" has the value 3.4028235e+38 at position 1, which is not finite in BF16`},
		{BF16, nan, `tensor "a" has the value NaN at position 1, which is not finite in BF16`},
		{"F64", 1, `tensors cannot be written as "F64", only as F32, F16 or BF16`},
	} {
		err := Write(io.Discard, c.typ, []Tensor{{Name: "a", Shape: []int{2}, Data: []float32{1, c.v}}}, nil)
		if c.want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, c.want)
		}
	}
}
