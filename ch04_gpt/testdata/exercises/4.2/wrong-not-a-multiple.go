package gpt

func Widest(c Config, budget int) int {
	widest := 0
	for c.Width = 1; c.ParamCount() <= budget; c.Width++ {
		widest = c.Width
	}
	return widest
}
