package gpt

// Memory is what training takes, in bytes.
type Memory struct {
	Weights     int
	Gradients   int // of the weights that are trained
	Averages    int // two for each of these, which chapter 5's optimiser keeps
	Activations int // what the forward pass leaves, and the room of the backward pass
	Logits      int // and their gradient, which takes their place
	Lists       int // the tensors' names, shapes and places: much only where layers are many and narrow
}

// Total is the sum of all.
func (m Memory) Total() int {
	return m.Weights + m.Gradients + m.Averages + m.Activations + m.Logits + m.Lists
}

// TrainMemory is what it takes to train the parameters whose names trains
// accepts, or all if it is nil, on B sequences of T tokens, with or without
// dropout.
func (c Config) TrainMemory(B, T int, dropout bool, trains func(name string) bool) Memory {
	trained, lowest := c.ParamCount(), -1
	if trains != nil {
		trained, lowest = c.trained(trains)
	}
	N, V, C := float64(B)*float64(T), float64(c.Vocab), float64(c.Width)
	return Memory{
		Weights:     c.WeightBytes(),
		Gradients:   4 * trained,
		Averages:    2 * 4 * trained,
		Activations: bytes(activationCount(c, B, T, lowest, dropout) + N*C), // and the gradient of the last vectors
		Logits:      bytes(N * V),
		Lists:       listBytes * max(c.Layers-100, 0),
	}
}

// bytes is the memory of n float32 values, or what is too much in any case and
// can still be added up.
func bytes(n float64) int { return int(min(4*n, 1<<60)) }

// listBytes is what a layer takes in lists of tensors, the optimiser's included.
// Up to a hundred layers that is nothing beside their values.
const listBytes = 10 << 10

// trained counts the values that trains accepts and finds the lowest of them.
func (c Config) trained(trains func(name string) bool) (count, lowest int) {
	shapes := allocate(c, func(string) bool { return false }) // no memory but names and shapes
	for _, p := range shapes.Params() {
		if trains(p.Name) {
			count += p.Size()
		}
	}
	return count, shapes.lowestTrained(trains)
}

// TrainBytes is the sum of [Config.TrainMemory] if all is trained.
func (c Config) TrainBytes(B, T int, dropout bool) int {
	return c.TrainMemory(B, T, dropout, nil).Total()
}
