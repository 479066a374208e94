package embeddings

func UnfairPaths() []int {
	return []int{1, 1, 1, 1, 1, 1} // those of the shuffle of this chapter
}
