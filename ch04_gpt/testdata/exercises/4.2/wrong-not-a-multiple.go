package gpt

func Widest(c Config, most int) int {
	widest := 0
	for c.Width = 1; c.ParamCount() <= most; c.Width++ {
		widest = c.Width
	}
	return widest
}
