package published

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

// Number is the row of a number, printed as the book does, ".3061" or "10.7940":
// ours is rounded to as many decimals.
func Number(where, printed string, ours float64) Row {
	want, err := strconv.ParseFloat(printed, 64)
	if err != nil {
		panic(fmt.Sprintf("published: %s: %q is not a number", where, printed))
	}
	_, fraction, _ := strings.Cut(printed, ".")
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(printed), "e")
	r := Row{Where: where, Published: printed, Off: ours - want}
	if scientific {
		_, fraction, _ = strings.Cut(mantissa, ".")
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

// Numbers are the rows of a list of numbers, separated by spaces. One that is
// missing is a row as well.
func Numbers[F float32 | float64](where, printed string, ours []F) []Row {
	fields := strings.Fields(printed)
	var rows []Row
	for i := range max(len(fields), len(ours)) {
		at := fmt.Sprintf("%s %d", where, i)
		switch {
		case i >= len(ours):
			rows = append(rows, Row{Where: at, Published: fields[i], Ours: "none", Off: math.NaN()})
		case i >= len(fields):
			rows = append(rows, Row{Where: at, Published: "none", Ours: fmt.Sprint(ours[i]), Off: math.NaN()})
		default:
			rows = append(rows, Number(at, fields[i], float64(ours[i])))
		}
	}
	return rows
}

// Text is the row of anything else: ids, words, counts.
func Text(where string, published, ours any) Row {
	return Row{Where: where, Published: fmt.Sprint(published), Ours: fmt.Sprint(ours)}
}
