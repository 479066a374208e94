package add

import "fmt"

func ExampleAdd() {
	fmt.Println(Add(1, 2))
	// Output: 3
}
