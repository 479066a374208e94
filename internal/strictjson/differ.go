package strictjson

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Differ names the first field, as JSON calls it, in which two values of one type
// differ, and how, as in "schedule.peak is 0.01, not 0.02". It is empty if there
// is none.
func Differ(a, b any) string {
	return differ("", tree(a), tree(b))
}

// tree is a value as JSON has it.
func tree(v any) (t any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &t)
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
		return fmt.Sprintf("%s is %v, not %v", name, a, b)
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
