package layers

import "gonum.org/v1/gonum/blas/blas32"

// Named is a linear layer as a model's list of parameters has it.
type Named struct {
	Name    string // of its matrix, without ".weight"
	Out, In int
	Bias    bool // whether it has one
	*Linear
}

// Slot is a parameter and the place in the model that holds its memory.
type Slot struct {
	Name  string
	Shape []int
	Data  *[]float32
}

// Slots are the layer's parameters, and those of its change. A matrix of bytes is none.
func (n Named) Slots() (own, changes []Slot) {
	matrix := func(name string, rows, cols int, w *blas32.General) Slot {
		w.Rows, w.Cols, w.Stride = rows, cols, cols
		return Slot{n.Name + name, []int{rows, cols}, &w.Data}
	}
	if n.Int8 == nil {
		own = append(own, matrix(".weight", n.Out, n.In, &n.W))
	}
	if n.Bias {
		own = append(own, Slot{n.Name + ".bias", []int{n.Out}, &n.B})
	}
	if c := n.Change; c != nil {
		changes = []Slot{matrix(".lora_A.weight", c.A.Rows, n.In, &c.A), matrix(".lora_B.weight", n.Out, c.A.Rows, &c.B)}
	}
	return own, changes
}
