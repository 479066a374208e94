package pretrain

import "fmt"

// A RangeError says that a setting is out of its range. Option is the setting's
// name as a program would have it on its command line.
type RangeError struct {
	Option string
	Value  any
	Takes  string // what the option takes
}

// Error names the option, its value and what it takes.
func (e *RangeError) Error() string {
	return fmt.Sprintf("pretrain: %s cannot be %v; it takes %s", e.Option, e.Value, e.Takes)
}
