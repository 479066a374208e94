package main

import "fmt"

// AdamW's average of squares takes up a thousandth of each new one. The float32
// nearest to 0.999 is not quite 0.999, and what is left of 1 shows it.
func Example_thousandth() {
	beta2 := float32(0.999)
	fmt.Printf("subtracted in float32  %.8f\n", 1-beta2)
	fmt.Printf("nearest to 0.001       %.8f\n", float32(1-0.999))
	// Output:
	// subtracted in float32  0.00099999
	// nearest to 0.001       0.00100000
}
