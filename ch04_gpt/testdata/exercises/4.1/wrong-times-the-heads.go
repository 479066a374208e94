package gpt

func CacheBytes(c Config, tokens int) int {
	return min(tokens, c.Context) * c.Layers * c.Heads * 2 * c.Width * 4
}
