package embeddings

func UnfairPaths() []int {
	return []int{4, 5, 4, 5, 5, 4} // 27 divided by 6, as evenly as it goes
}
