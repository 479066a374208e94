package benchfmt

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	const out = `cpu: AMD EPYC
BenchmarkTrainStep/124M/4x64-2   	   3	 9 ns/op	  59.3 GFLOP/s	  79.6 tok/s
BenchmarkTrainStep/124M/4x640-2  	   3	 9 ns/op	  1.0 tok/s
BenchmarkDecode/124M-int8-2      	  64	 9 ns/op	  100 tok/s
BenchmarkDecode/124M             	  64	 9 ns/op	  40 tok/s
BenchmarkDecode/124M             	  64	 9 ns/op	  60 tok/s	 2 B/op
BenchmarkDecode/124M             	  64	 9 ns/op	  50 tok/s
`
	for name, want := range map[string]float64{"TrainStep/124M/4x64": 79.6, "TrainStep/124M/4x640": 1, "Decode/124M-int8": 100, "Decode/124M": 50} {
		require.Equal(t, want, Median(out, name, "tok/s"), name)
	}
	require.Equal(t, 9., Median(out, "Decode/124M", "ns/op"))
	for _, name := range []string{"Decode/124", "Encode", ""} {
		require.True(t, math.IsNaN(Median(out, name, "tok/s")), name)
	}
	require.True(t, math.IsNaN(Median(out, "Decode/124M", "MB/s")))
}
