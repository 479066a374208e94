package gpt

func CacheBytes(c Config, tokens int) int {
	return tokens * c.Layers * 2 * c.Width * 4
}
