package benchfmt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetric(t *testing.T) {
	const out = `cpu: AMD EPYC
BenchmarkTrainStep/124M/4x64-2   	   3	 9 ns/op	  59.3 GFLOP/s	  79.6 tok/s
BenchmarkTrainStep/124M/4x640-2  	   3	 9 ns/op	  1.0 tok/s
BenchmarkDecode/124M-int8-2      	  64	 9 ns/op	  100 tok/s
BenchmarkDecode/124M             	  64	 9 ns/op	  40 tok/s
`
	for name, want := range map[string]float64{"TrainStep/124M/4x64": 79.6, "TrainStep/124M/4x640": 1, "Decode/124M-int8": 100, "Decode/124M": 40} {
		got, ok := Metric(out, name, "tok/s")
		require.True(t, ok)
		require.Equal(t, want, got)
	}
	for _, name := range []string{"Decode/124", "Encode", ""} {
		_, ok := Metric(out, name, "tok/s")
		require.False(t, ok, name)
	}
	_, ok := Metric(out, "Decode/124M", "MB/s")
	require.False(t, ok)
}
