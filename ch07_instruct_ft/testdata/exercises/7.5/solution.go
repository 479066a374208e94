package instruct

// Much is learned from 528 entries alone: opposites, first and last words and the past tense
// are as good as from Newton's model. What is missing is nearly all of one kind: to the
// questions with yes or no, 8 of 17 answers are right, which is what a coin gets, and from Newton's
// model 15. These take two things at once, what a thing is and what was asked of it. With so few
// questions that is a hint and no proof.
func FromNothing() (percent float64) {
	return 77.4
}
