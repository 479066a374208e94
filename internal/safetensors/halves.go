package safetensors

import (
	"encoding/binary"
	"math"
)

// DType is how a file keeps the values of a tensor.
type DType string

// The types that are read and written here. All are floats: a sign bit, bits of
// an exponent, and bits of a fraction, which is how many digits there are.
const (
	F32  DType = "F32"  // 8 bits of exponent, 23 of fraction: Go's float32
	F16  DType = "F16"  // 5 and 10: up to 65,504, with three decimal digits
	BF16 DType = "BF16" // 8 and 7: as large as F32, with two decimal digits
)

// A codec turns values into the bytes of a file and back.
type codec struct {
	size   int                                 // of a value, in bytes
	limit  float64                             // what is as large as this is rounded to infinity
	decode func(values []float32, data []byte) // len(data) is size·len(values)
	encode func(data []byte, values []float32)
}

// The limits of the halves lie in the middle between the largest value and the
// next, which there is not.
var codecs = map[DType]codec{
	F32:  {4, math.Inf(1), decodeF32, encodeF32},
	F16:  {2, 0x1.ffep15, decodeHalves(FromF16), encodeHalves(ToF16)},
	BF16: {2, 0x1.ffp127, decodeHalves(FromBF16), encodeHalves(ToBF16)},
}

func decodeF32(values []float32, data []byte) {
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
}

func encodeF32(data []byte, values []float32) {
	for i, v := range values {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v))
	}
}

func decodeHalves(from func(half uint16) float32) func([]float32, []byte) {
	return func(values []float32, data []byte) {
		for i := range values {
			values[i] = from(binary.LittleEndian.Uint16(data[2*i:]))
		}
	}
}

func encodeHalves(to func(v float32) (half uint16)) func([]byte, []float32) {
	return func(data []byte, values []float32) {
		for i, v := range values {
			binary.LittleEndian.PutUint16(data[2*i:], to(v))
		}
	}
}

// FromBF16 returns the value of a BF16: the upper half of a float32.
func FromBF16(half uint16) float32 { return math.Float32frombits(uint32(half) << 16) }

// ToBF16 returns the BF16 nearest to a value below the limit, of two that are
// equally near the one that ends in a 0 bit.
func ToBF16(v float32) uint16 {
	bits := math.Float32bits(v)
	return uint16((bits + 0x7fff + bits>>16&1) >> 16)
}

// FromF16 returns the value of an F16.
func FromF16(half uint16) float32 {
	sign, rest := uint32(half>>15)<<31, uint32(half&0x7fff)<<13
	if half&0x7c00 == 0x7c00 { // the largest exponent: infinity and NaN
		return math.Float32frombits(sign | 0x7f800000 | rest)
	}
	// The exponent of a float32 counts from -127, that of an F16 from -15.
	return math.Float32frombits(sign|rest) * 0x1p112
}

// ToF16 returns the F16 nearest to a value below the limit, of two that are
// equally near the one that ends in a 0 bit.
func ToF16(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, rest := uint16(bits>>16&0x8000), bits&0x7fffffff
	if rest < 113<<23 { // below 2⁻¹⁴, the values are whole numbers of 2⁻²⁴
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(rest))*0x1p24))
	}
	return sign | uint16((rest-112<<23+0xfff+rest>>13&1)>>13)
}
