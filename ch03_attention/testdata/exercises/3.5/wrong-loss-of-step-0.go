package attention

// Less than a tenth of the loss, and it is worth nothing. Each position looks at its neighbour to the
// right, where the answer stands, and copies it. When the model writes there is no
// neighbour yet, and it does not know what to do: read the lines that the run printed.
// The loss cannot tell, for the validation was done with open eyes as well.
func NoMask() (loss float64) {
	return 6.954555
}
