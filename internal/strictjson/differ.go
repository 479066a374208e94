package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Differ names the first field, as JSON calls it, in which a value differs from what
// it was, and how, as in "schedule.peak was 0.01, not 0.02". It is empty if there is
// none. Fields that it did not have then do not matter.
func Differ(then, now any) string {
	return differ("", tree(then), tree(now))
}

// tree is a value as JSON has it, with all digits of its numbers.
func tree(v any) (t any) {
	text, err := json.Marshal(v)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		err = d.Decode(&t)
	}
	if err != nil {
		return err.Error()
	}
	return t
}

func differ(name string, a, b any) string {
	x, isObject := a.(map[string]any)
	y, both := b.(map[string]any)
	if !isObject || !both {
		if fmt.Sprint(a) == fmt.Sprint(b) {
			return ""
		}
		return fmt.Sprintf("%s was %v, not %v", name, a, b)
	}
	for _, key := range slices.Sorted(maps.Keys(x)) {
		inner := key
		if name != "" {
			inner = name + "." + key
		}
		if d := differ(inner, x[key], y[key]); d != "" {
			return d
		}
	}
	return ""
}
