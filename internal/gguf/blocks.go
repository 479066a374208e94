package gguf

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// Type is how a file keeps the values of a tensor: each for itself, or in blocks
// that have a scale in common.
type Type uint32

// The types that are read here. The digit is the bits of a value. _0 has a scale, _1
// a scale and a lowest value; K stands for blocks of blocks.
const (
	F32  Type = 0
	F16  Type = 1
	Q4_0 Type = 2
	Q4_1 Type = 3
	Q5_0 Type = 6
	Q5_1 Type = 7
	Q8_0 Type = 8
	Q4_K Type = 12
	Q5_K Type = 13
	Q6_K Type = 14
	BF16 Type = 30
)

const readable = "F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K"

// typeNames are those of all types, for messages.
var typeNames = map[Type]string{
	F32: "F32", F16: "F16", Q4_0: "Q4_0", Q4_1: "Q4_1", 4: "Q4_2", 5: "Q4_3", Q5_0: "Q5_0", Q5_1: "Q5_1", Q8_0: "Q8_0",
	9: "Q8_1", 10: "Q2_K", 11: "Q3_K", Q4_K: "Q4_K", Q5_K: "Q5_K", Q6_K: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS",
	18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32",
	27: "I64", 28: "F64", 29: "IQ1_M", BF16: "BF16", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 34: "TQ1_0",
	35: "TQ2_0", 39: "MXFP4",
}

func (t Type) String() string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("number %d", uint32(t))
}

// A block is the fewest values that a type keeps: so many, in so many bytes. Decode
// takes whole blocks.
type block struct {
	values, bytes int
	decode        func(values []float32, data []byte)
}

// A block of the K types.
const super = 256

var blocks = map[Type]block{
	F32:  {1, 4, each(4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })},
	F16:  {1, 2, each(2, half)},
	BF16: {1, 2, each(2, func(b []byte) float32 { return safetensors.FromBF16(binary.LittleEndian.Uint16(b)) })},
	Q8_0: perBlock(32, 2+32, q8),
	Q4_0: perBlock(32, 2+16, q4),
	Q4_1: perBlock(32, 4+16, q4WithMin),
	Q5_0: perBlock(32, 2+4+16, q5),
	Q5_1: perBlock(32, 4+4+16, q5WithMin),
	Q4_K: perBlock(super, 4+12+super/2, q4Super),
	Q5_K: perBlock(super, 4+12+super/8+super/2, q5Super),
	Q6_K: perBlock(super, super/2+super/4+16+2, q6Super),
}

// Decode sets values to those of whole blocks in data. It panics if they are not as
// many, or if the type is not one of those above.
func (t Type) Decode(values []float32, data []byte) {
	b := blocks[t]
	if b.values == 0 || len(values)%b.values != 0 || len(data) != len(values)/b.values*b.bytes {
		panic("gguf: data are not the blocks of these values")
	}
	b.decode(values, data)
}

// each decodes values that take so many bytes each.
func each(bytes int, value func(b []byte) float32) func([]float32, []byte) {
	return func(values []float32, data []byte) {
		for i := range values {
			values[i] = value(data[i*bytes:])
		}
	}
}

func perBlock(n, bytes int, decode func(values []float32, b []byte)) block {
	return block{n, bytes, func(values []float32, data []byte) {
		for ; len(values) > 0; values, data = values[n:], data[bytes:] {
			decode(values[:n], data[:bytes])
		}
	}}
}

func half(b []byte) float32 { return safetensors.FromF16(binary.LittleEndian.Uint16(b)) }

// Where something is added to a product below, the product is exact: at most 11
// binary digits of an F16, 6 of a scale and 5 of a code, and a float32 has 24. So it
// is all the same whether a processor rounds before it adds.

// q8 is a scale and 32 codes with a sign.
func q8(values []float32, b []byte) {
	scale := half(b)
	for i, code := range b[2:] {
		values[i] = scale * float32(int8(code))
	}
}

// q4 is a scale and 32 codes of four bits, which count from -8. A byte has a code of
// the first half in its lower bits, and one of the second half in its upper ones.
func q4(values []float32, b []byte) {
	scale := half(b)
	for i, pair := range b[2:] {
		values[i] = scale * float32(int(pair&15)-8)
		values[i+16] = scale * float32(int(pair>>4)-8)
	}
}

// q4WithMin has the lowest value in place of a count from -8.
func q4WithMin(values []float32, b []byte) {
	scale, lowest := half(b), half(b[2:])
	for i, pair := range b[4:] {
		values[i] = scale*float32(pair&15) + lowest
		values[i+16] = scale*float32(pair>>4) + lowest
	}
}

// q5 has the fifth bits of all codes in front of the others. They count from -16.
func q5(values []float32, b []byte) {
	scale, fifth := half(b), binary.LittleEndian.Uint32(b[2:])
	for i, pair := range b[6:] {
		low, high := fiveBits(pair, fifth, i)
		values[i] = scale * float32(low-16)
		values[i+16] = scale * float32(high-16)
	}
}

// q5WithMin is to q5 as q4WithMin is to q4.
func q5WithMin(values []float32, b []byte) {
	scale, lowest, fifth := half(b), half(b[2:]), binary.LittleEndian.Uint32(b[4:])
	for i, pair := range b[8:] {
		low, high := fiveBits(pair, fifth, i)
		values[i] = scale*float32(low) + lowest
		values[i+16] = scale*float32(high) + lowest
	}
}

// fiveBits returns the codes number i and i+16.
func fiveBits(pair byte, fifth uint32, i int) (low, high int) {
	return int(pair&15) | int(fifth>>i&1)<<4, int(pair>>4) | int(fifth>>(i+16)&1)<<4
}

// q4Super is eight blocks of 32 codes. Two F16 scale the scales of the blocks and
// their lowest values, which have six bits each.
func q4Super(values []float32, b []byte) {
	codes := b[16:]
	for i := range 8 {
		scale, lowest := scales(b, i)
		for j, pair := range codes[i/2*32 : i/2*32+32] { // two blocks share bytes
			values[32*i+j] = scale*float32(pair>>(i%2*4)&15) - lowest
		}
	}
}

// q5Super is q4Super with 32 bytes of fifth bits: bit i of byte j is that of code j
// in block i.
func q5Super(values []float32, b []byte) {
	fifth, codes := b[16:48], b[48:]
	for i := range 8 {
		scale, lowest := scales(b, i)
		for j, pair := range codes[i/2*32 : i/2*32+32] {
			values[32*i+j] = scale*float32(pair>>(i%2*4)&15|fifth[j]>>i&1<<4) - lowest
		}
	}
}

// scales returns those of block i of eight. The six bits of the first four stand
// together, four scales and four lowest values; those of the others have their lower
// four bits behind them, in pairs, and the two upper ones above the six.
func scales(b []byte, i int) (scale, lowest float32) {
	packed := b[4:16]
	s, m := packed[i%4]&63, packed[i%4+4]&63
	if i >= 4 {
		s, m = packed[i+4]&15|packed[i-4]>>6<<4, packed[i+4]>>4|packed[i]>>6<<4
	}
	return half(b) * float32(s), half(b[2:]) * float32(m)
}

// q6Super is sixteen blocks of 16 codes of six bits, which count from -32: first the
// lower four bits of all, then the upper two, the scales of the blocks with a sign
// in eight bits, and what scales these.
func q6Super(values []float32, b []byte) {
	lower, upper, scales, all := b[:128], b[128:192], b[192:208], half(b[208:])
	for i := range values {
		part, place := i/128, i%128 // two parts, each in quarters of 32
		quarter, j := place/32, place%32
		low := lower[part*64+quarter%2*32+j] >> (quarter / 2 * 4) & 15
		code := low | upper[part*32+j]>>(quarter*2)&3<<4
		values[i] = all * float32(int8(scales[i/16])) * float32(int(code)-32)
	}
}
