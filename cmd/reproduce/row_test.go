package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
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
		r := number("x", c.printed, c.ours)
		require.Equal(t, c.want, r.Ours)
		require.Equal(t, c.want == c.printed, r.Equal)
	}
	require.False(t, number("x", "none", 1).Equal)
}

func TestNumbers(t *testing.T) {
	rows := numbers("x", ".1 .2", []float64{.1, .26, .3})
	require.Len(t, rows, 3)
	require.True(t, rows[0].Equal)
	require.False(t, rows[1].Equal)
	require.InDelta(t, .06, rows[1].Off, 1e-6)
	require.False(t, rows[2].Equal)
	require.False(t, numbers("x", ".1 .2", []float64{.1})[1].Equal)
}

func TestMoreDigits(t *testing.T) {
	rows := numbers("x", "~ .1234567 .1234567 .1234567 2.0173588e-4", doubles([]float32{.1234567, .1234569, .123459, 2.0173591e-4}))
	var published, equal []any
	for _, r := range rows {
		published, equal = append(published, r.Published), append(equal, r.Equal)
	}
	require.Equal(t, []any{".1234567", ".123457", ".123457", "2.01736e-4"}, published)
	require.Equal(t, []any{true, true, false, true}, equal)
}

// What a sheet's table has and nobody asks for is a row, and what it has not, too.
func TestSheet(t *testing.T) {
	s, err := parseSheet("a = 1.5\na, more digits = ~ 1.5000\nm =\n\t1 2\n\t3 4\nt = \"x\\ny\"\nt = z\nc x = 1\nc y = 2\nforgotten = 1\n")
	require.NoError(t, err)
	s.is("a", float32(1.5))
	s.is("m", f32.View([]float32{1, 2, 3, 5}, 2, 2))
	s.is("t", "x\ny")
	s.has("t", "has a z")
	s.is("unknown", 1)
	s.all("c", 1, 3, 4)
	var got []string
	for _, r := range s.result("x") {
		got = append(got, fmt.Sprint(r.Where, " ", r.Published, " ", r.Ours, " ", r.Equal))
	}
	require.Equal(t, []string{"a 1.5 1.5 true", "a, more digits 0 1.5000 1.5000 true", "m 0 0 1 1 true", "m 0 1 2 2 true", "m 1 0 3 3 true",
		"m 1 1 4 5 false", "t x\ny x\ny true", "t z z true", "unknown none 1 false", "c x 1 1 true", "c y 2 3 false", "c none 4 false", "forgotten 1 none false"}, got)
	for _, wrong := range []string{"no value\n", "\t1 2\n", "a = \"b\n"} {
		_, err := parseSheet(wrong)
		require.Error(t, err, wrong)
	}
}
