package published

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		printed string
		ours    float64
		want    string
	}{
		{".3061", .30614, ".3061"},
		{".3061", .30616, ".3062"},
		{"-.0739", -.07391, "-.0739"},
		{"-.0739", .07391, ".0739"},
		{"0", -1e-9, "0"},
		{".0000", -1e-9, ".0000"},
		{"10.7940", 10.793964, "10.7940"},
		{"7.4541e-05", 7.45412e-5, "7.4541e-05"},
		{"2.0173588e-4", 2.01735884e-4, "2.0173588e-4"},
		{"2.0173588e-4", 2.01735884e-3, "2.0173588e-03"},
		{"12", 12.3, "12"},
	} {
		r := Number("x", c.printed, c.ours)
		require.Equal(t, c.want, r.Ours)
		require.Equal(t, c.want == c.printed, r.Equal())
	}
	require.Panics(t, func() { Number("x", "none", 1) })
}

func TestNumbers(t *testing.T) {
	rows := Numbers("x", ".1 .2", []float32{.1, .26, .3})
	require.Len(t, rows, 3)
	require.True(t, rows[0].Equal())
	require.False(t, rows[1].Equal())
	require.InDelta(t, .06, rows[1].Off, 1e-6)
	require.False(t, rows[2].Equal())
	require.False(t, Numbers("x", ".1 .2", []float32{.1})[1].Equal())
}
