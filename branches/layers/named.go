package layers

import (
	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Named is a linear layer as a model's list of parameters has it.
type Named struct {
	Name    string // of its matrix, without ".weight"
	Out, In int
	Bias    bool // whether it has one
	*Linear
}

// Slots is a model's list of parameters, added in their one order, each with the place
// in the model that holds its memory.
type Slots struct {
	Level        int // of what is added next: -1 for the embedding, then the number of the block, L for what stands behind
	own, changes []slot
}

type slot struct {
	name  string
	shape []int
	data  *[]float32
	level int
}

func (s *Slots) matrix(name string, rows, cols int, w *blas32.General) slot {
	w.Rows, w.Cols, w.Stride = rows, cols, cols
	return slot{name, []int{rows, cols}, &w.Data, s.Level}
}

// Matrix adds a matrix, and gives it its shape.
func (s *Slots) Matrix(name string, rows, cols int, w *blas32.General) {
	s.own = append(s.own, s.matrix(name, rows, cols, w))
}

// Vector adds a vector.
func (s *Slots) Vector(name string, size int, v *[]float32) {
	s.own = append(s.own, slot{name, []int{size}, v, s.Level})
}

// LayerNorm adds chapter 4's norm of C columns.
func (s *Slots) LayerNorm(name string, C int, n *gpt.LayerNorm) {
	s.Vector(name+".weight", C, &n.Weight)
	s.Vector(name+".bias", C, &n.Bias)
}

// Linear adds layers, and their changes. A matrix of bytes is no parameter.
func (s *Slots) Linear(layers ...Named) {
	for _, n := range layers {
		if n.Int8 == nil {
			s.Matrix(n.Name+".weight", n.Out, n.In, &n.W)
		}
		if n.Bias {
			s.Vector(n.Name+".bias", n.Out, &n.B)
		}
		if c := n.Change; c != nil {
			s.changes = append(s.changes, s.matrix(n.Name+".lora_A.weight", c.A.Rows, n.In, &c.A),
				s.matrix(n.Name+".lora_B.weight", n.Out, c.A.Rows, &c.B))
		}
	}
}

// list is what can be trained: the changes alone where layers have some.
func (s *Slots) list() []slot {
	if s.changes != nil {
		return s.changes
	}
	return s.own
}

// Params are the parameters: the changes alone where layers have some.
func (s *Slots) Params() []gpt.Param {
	params := make([]gpt.Param, len(s.list()))
	for i, p := range s.list() {
		params[i] = gpt.Param{Name: p.name, Shape: p.shape, Data: *p.data}
	}
	return params
}

// Allocate gives memory to the parameters that have none, if trains accepts their names
// or is nil. It returns the lowest level at which one has memory, or that of the last.
func (s *Slots) Allocate(trains func(name string) bool) (lowest int) {
	lowest = s.Level
	for _, p := range s.list() {
		if *p.data == nil && (trains == nil || trains(p.name)) {
			*p.data = make([]float32, gpt.Param{Shape: p.shape}.Size())
		}
		if *p.data != nil {
			lowest = min(lowest, p.level)
		}
	}
	return lowest
}
