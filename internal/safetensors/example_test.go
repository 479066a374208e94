package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// A file of two small tensors: eight bytes of length, the header, the values.
func ExampleWrite() {
	params := []safetensors.Tensor{
		{Name: "w", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}},
		{Name: "b", Shape: []int{2}, Data: []float32{0.5, -1}},
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, safetensors.F32, params, nil); err != nil {
		panic(err)
	}
	n := int(binary.LittleEndian.Uint64(file.Bytes()))
	fmt.Println("bytes:", file.Len(), "= 8 +", n, "+", file.Len()-8-n)
	header := strings.TrimSpace(string(file.Bytes()[8 : 8+n]))
	fmt.Println(strings.ReplaceAll(header, "},", "},\n"))

	r := bytes.NewReader(file.Bytes())
	tensors, err := safetensors.New("small.safetensors", r, r.Size())
	if err != nil {
		panic(err)
	}
	b := safetensors.Tensor{Name: "b", Shape: []int{2}, Data: make([]float32, 2)}
	fmt.Println(tensors.Read(b), b.Data)
	b.Shape = []int{3}
	fmt.Println(tensors.Read(b))
	// Output:
	// bytes: 144 = 8 + 112 + 24
	// {"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},
	// "b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}
	// <nil> [0.5 -1]
	// small.safetensors: tensor "b" has shape [2], the model needs [3]
}

// Numbers in sixteen bits, their sign, exponent and fraction, and what is read.
func ExampleDType() {
	exponents := []struct {
		safetensors.DType
		bits int
	}{{safetensors.F16, 5}, {safetensors.BF16, 8}}
	for _, v := range []float32{1, -2, 0.1, 1e-6, 1e5} {
		for _, e := range exponents {
			param := []safetensors.Tensor{{Name: "v", Shape: []int{1}, Data: []float32{v}}}
			var file bytes.Buffer
			if err := safetensors.Write(&file, e.DType, param, nil); err != nil {
				fmt.Println(err)
				continue
			}
			r := bytes.NewReader(file.Bytes())
			tensors, err := safetensors.New("v", r, r.Size())
			if err != nil {
				panic(err)
			}
			if err := tensors.Read(param[0]); err != nil {
				panic(err)
			}
			half := binary.LittleEndian.Uint16(file.Bytes()[file.Len()-2:])
			bits := fmt.Sprintf("%016b", half)
			fmt.Printf("%-6g %4s  %s %8s %-10s  %.4g\n",
				v, e.DType, bits[:1], bits[1:1+e.bits], bits[1+e.bits:], param[0].Data[0])
		}
	}
	// Output:
	// 1       F16  0    01111 0000000000  1
	// 1      BF16  0 01111111 0000000     1
	// -2      F16  1    10000 0000000000  -2
	// -2     BF16  1 10000000 0000000     -2
	// 0.1     F16  0    01011 1001100110  0.09998
	// 0.1    BF16  0 01111011 1001101     0.1001
	// 1e-06   F16  0    00000 0000010001  1.013e-06
	// 1e-06  BF16  0 01101011 0000110     9.984e-07
	// tensor "v" has the value 100000 at position 0, which is not finite in F16
	// 100000 BF16  0 10001111 1000011     9.984e+04
}
