package exercise

import (
	"fmt"
	"reflect"
	"strings"
)

// some is how many elements of a long slice are shown.
const some = 16

// plain is v, or what is in it: the rows of a matrix, the value of an interface.
func plain(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return plain(v.Elem())
	}
	if v.Kind() != reflect.Struct || !v.CanInterface() {
		return v
	}
	rows, cols, stride, data := v.FieldByName("Rows"), v.FieldByName("Cols"), v.FieldByName("Stride"), v.FieldByName("Data")
	if !rows.CanInt() || !cols.CanInt() || !stride.CanInt() || data.Kind() != reflect.Slice {
		return v
	}
	n, width, step := int(rows.Int()), int(cols.Int()), int(stride.Int())
	if n > 0 && (width < 0 || step < width || (n-1)*step+width > data.Len()) {
		return v
	}
	all := reflect.MakeSlice(reflect.SliceOf(data.Type()), 0, n)
	for i := range n {
		all = reflect.Append(all, data.Slice(i*step, i*step+width))
	}
	return all
}

// block writes a value that was compared: rows as rows, and of what is large the part
// around the place that path leads to.
func block(v reflect.Value, path []int) string {
	if kind := v.Kind(); kind != reflect.Slice && kind != reflect.Array {
		return inline(v)
	}
	var in []int
	if len(path) > 0 {
		in = path[1:]
	}
	inner := v.Type().Elem().Kind()
	rows := inner == reflect.Slice && v.Len() > 1 || inner == reflect.Struct
	lo, hi := window(v.Len(), path)
	var texts []string
	for i := lo; i < hi; i++ {
		text := block(plain(v.Index(i)), in)
		if rows {
			text = fmt.Sprintf("row %d  %s", i, text)
		}
		texts = append(texts, text)
	}
	if rows && len(texts) > 0 {
		return strings.Join(texts, "\n         ")
	}
	return list(texts, lo > 0, hi < v.Len())
}

// list writes the elements of a slice, of which some may be left out.
func list(texts []string, before, after bool) string {
	if before {
		texts = append([]string{"…"}, texts...)
	}
	if after {
		texts = append(texts, "…")
	}
	return "[" + strings.Join(texts, " ") + "]"
}

// window is which of n elements are shown: some, among them the one path leads to.
func window(n int, path []int) (lo, hi int) {
	if n > some && len(path) > 0 {
		lo = max(0, min(path[0]-some/2, n-some))
	}
	return lo, min(n, lo+some)
}

// inline writes a value on a line that never gets long: the argument of a call.
func inline(v reflect.Value) string {
	switch v = plain(v); v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.String:
		if v.Len() > 60 {
			return fmt.Sprintf("%q …", v.String()[:50])
		}
		return fmt.Sprintf("%q", v)
	case reflect.Slice, reflect.Array:
		var texts []string
		for i := range min(v.Len(), some) {
			texts = append(texts, inline(v.Index(i)))
		}
		return list(texts, false, v.Len() > some)
	case reflect.Struct:
		var texts []string
		for i := range v.NumField() {
			texts = append(texts, v.Type().Field(i).Name+": "+inline(v.Field(i)))
		}
		return v.Type().Name() + "{" + strings.Join(texts, ", ") + "}"
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Chan:
		if v.IsNil() {
			return "nil"
		}
		if v.CanInterface() {
			if err, ok := v.Interface().(error); ok {
				return err.Error()
			}
		}
		return v.Type().String()
	}
	return fmt.Sprint(v)
}
