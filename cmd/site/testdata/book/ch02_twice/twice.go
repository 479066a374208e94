// Package twice doubles.
package twice

import "github.com/llm-from-scratch/llm/ch01_add"

// Twice doubles a.
func Twice(a int) int {
	return add.Add(a, a)
}
