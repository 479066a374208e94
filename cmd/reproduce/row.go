package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Row is one published value beside ours.
type Row struct {
	Where     string  // chapter and cell, "ch03[28] scores"
	Published string  // as it is printed there
	Ours      string  // as it would be printed here, to the same digits
	Off       float64 // ours less the published number, 0 for what is no number
	Why       string  // where they differ: what explains it
}

// Equal reports whether the two are the same to the printed digit.
func (r Row) Equal() bool { return r.Published == r.Ours }

// number is the row of a number, printed as the book does, ".3061" or "10.7940":
// ours is rounded to as many decimals.
func number(where, printed string, ours float64) Row {
	want, err := strconv.ParseFloat(printed, 64)
	if err != nil {
		return Row{Where: where, Published: printed, Ours: fmt.Sprint(ours), Off: math.NaN()}
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(printed), "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	r := Row{Where: where, Published: printed, Off: ours - want}
	if scientific {
		r.Ours = strconv.FormatFloat(ours, 'e', len(fraction), 64)
		if m, e, _ := strings.Cut(r.Ours, "e"); sameExponent(e, exponent) {
			r.Ours = m + printed[len(mantissa):]
		}
	} else {
		r.Ours = strconv.FormatFloat(ours, 'f', len(fraction), 64)
	}
	r.Ours = likePrinted(r.Ours, printed)
	return r
}

func sameExponent(a, b string) bool {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	return errA == nil && errB == nil && x == y
}

// likePrinted leaves the zero before the point out where the book's table does,
// and the sign of a zero.
func likePrinted(s, printed string) string {
	if v, err := strconv.ParseFloat(s, 64); err == nil && v == 0 {
		s = strings.TrimPrefix(s, "-")
	}
	if strings.HasPrefix(printed, ".") || strings.HasPrefix(printed, "-.") {
		s = strings.Replace(s, "0.", ".", 1)
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
			rows = append(rows, Row{Where: at, Published: fields[i], Ours: "none", Off: math.NaN()})
		case i >= len(fields):
			rows = append(rows, Row{Where: at, Published: "none", Ours: fmt.Sprint(ours[i]), Off: math.NaN()})
		case more && !number(at, fields[i], ours[i]).Equal():
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
		return strconv.FormatFloat(v, 'f', 5, 64) + "e" + exponent
	}
	return likePrinted(strconv.FormatFloat(v, 'f', 6, 64), printed)
}

// text is the row of anything else: ids, words, counts.
func text(where, published string, ours any) Row {
	return Row{Where: where, Published: published, Ours: fmt.Sprint(ours)}
}
