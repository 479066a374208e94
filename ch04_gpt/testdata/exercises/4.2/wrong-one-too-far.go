package gpt

func Widest(c Config, most int) int {
	widest := 0
	for c.Width = c.Heads; c.ParamCount() <= most; c.Width += c.Heads {
		widest = c.Width
	}
	return widest + c.Heads
}
