// Package add adds.
package add

// Add adds a and b. This comment goes on for so long that its line is wider than any telephone's screen.
func Add(a, b int) int { return a + b }
