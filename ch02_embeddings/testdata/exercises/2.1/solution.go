package embeddings

func QuestionAt(batch Batch, b, t int) (context []int, target int) {
	first := b * batch.T // where window b begins
	return batch.Inputs[first : first+t+1], batch.Targets[first+t]
}
