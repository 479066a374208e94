//go:build !go1.27

package tokens_test

import (
	"fmt"
	"unicode"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

func ExampleSplit_unicode() {
	fmt.Println("Unicode", unicode.Version)
	for piece := range tokens.Split("大\U0002EBF0") { // a character of Unicode 15.1
		fmt.Printf("%+q ", piece)
	}
	// Output:
	// Unicode 15.0.0
	// "\u5927" "\U0002ebf0"
}
