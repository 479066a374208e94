package gpt

func CacheBytes(c Config, tokens int) int {
	return min(tokens, c.Context) * c.Layers * 2 * c.Width
}
