package gpt

func Widest(c Config, budget int) int {
	widest := 0
	for c.Width = c.Heads; c.ParamCount() < budget; c.Width += c.Heads {
		widest = c.Width
	}
	return widest
}
