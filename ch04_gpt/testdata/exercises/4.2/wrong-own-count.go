package gpt

func Widest(c Config, budget int) int {
	widest := 0
	for c.Width = c.Heads; c.Width*(c.Vocab+c.Context+c.Layers*(12*c.Width+13)+2) <= budget; c.Width += c.Heads {
		widest = c.Width
	}
	return widest
}
