package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A Row is one published value beside ours.
type Row struct {
	Experiment string
	Where      string  // chapter and cell, "ch03[28] scores"
	Published  string  // as it is printed there
	Ours       string  // as it would be printed here, to the same digits
	Equal      bool    // to the last digit
	Off        float64 // ours less the published number, 0 for what is no number
	Why        string  // what explains that they differ
}

// text is the row of ids, words, counts: of what is no number with decimals.
func text(where, published string, ours any) Row {
	s := fmt.Sprint(ours)
	return Row{Where: where, Published: published, Ours: s, Equal: s == published}
}

// number is the row of a number, printed as the book does, ".3061" or "7.4541e-05":
// ours is rounded to as many decimals.
func number(where, printed string, ours float64) Row {
	want, err := strconv.ParseFloat(printed, 64)
	if err != nil {
		return text(where, printed, ours)
	}
	mantissa, _, scientific := strings.Cut(printed, "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	format := byte('f')
	if scientific {
		format = 'e'
	}
	rounded := strconv.FormatFloat(ours, format, len(decimals), 64)
	switch v, _ := strconv.ParseFloat(rounded, 64); v {
	case want:
		rounded = printed // however its zeros and exponents are written
	case 0:
		rounded = strings.TrimPrefix(rounded, "-")
	}
	r := text(where, printed, likePrinted(rounded, printed))
	if r.Off = ours - want; r.Off-r.Off != 0 {
		r.Off = 0 // of two infinities
	}
	return r
}

// likePrinted leaves out the zero before the point where the book's table does.
func likePrinted(s, printed string) string {
	if strings.HasPrefix(strings.TrimPrefix(printed, "-"), ".") {
		return strings.Replace(s, "0.", ".", 1)
	}
	return s
}

// numbers are the rows of a list of numbers, separated by spaces. One that is
// missing is a row as well. After a ~ the numbers are known to more digits than the
// notebooks print, seven or eight: computed in float64, or on a processor that rounds
// otherwise, so that float32 need not have the last. Where it has not, both sides are
// cut to six decimals, or to five after the first digit if there is an exponent.
func numbers(where, printed string, ours []float64) (rows []Row) {
	printed, more := strings.CutPrefix(printed, "~")
	fields := strings.Fields(printed)
	for i := range max(len(fields), len(ours)) {
		at := fmt.Sprintf("%s %d", where, i)
		switch {
		case i >= len(ours):
			rows = append(rows, text(at, fields[i], "none"))
		case i >= len(fields):
			rows = append(rows, number(at, "none", ours[i]))
		case more && !number(at, fields[i], ours[i]).Equal:
			rows = append(rows, number(at, cut(fields[i]), ours[i]))
		default:
			rows = append(rows, number(at, fields[i], ours[i]))
		}
	}
	return rows
}

// cut rounds a printed number to six digits or so.
func cut(printed string) string {
	mantissa, exponent, scientific := strings.Cut(printed, "e")
	v, err := strconv.ParseFloat(mantissa, 64)
	switch {
	case err != nil:
		return printed // and number says what is wrong with it
	case scientific:
		return fmt.Sprintf("%.5fe%s", v, exponent)
	}
	return likePrinted(fmt.Sprintf("%.6f", v), printed)
}
