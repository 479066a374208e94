package embeddings

import "fmt"

// Windows are the examples that a text of ids holds: stretches of equal
// length, each with the same stretch one id later as its target. They are
// views of the text: no id is copied.
type Windows struct {
	ids    []int
	length int // ids in a window: the context that the model will see
	stride int // ids from the start of one window to the start of the next
}

// NewWindows cuts ids into windows of length ids that start at 0, stride,
// 2·stride and so on. It keeps ids without copying. A text has a window
// only if it is longer than length, because the last input needs a next
// id as its target; a shorter one is an error.
func NewWindows(ids []int, length, stride int) (Windows, error) {
	if length < 1 || stride < 1 {
		panic("embeddings: window length or stride below 1")
	}
	if len(ids) <= length {
		return Windows{}, fmt.Errorf("embeddings: a text of %d ids is too short for windows "+
			"of %d: it takes at least %d, the last one as a target",
			len(ids), length, length+1)
	}
	return Windows{ids, length, stride}, nil
}

// Len returns the number of windows: as many as have both a whole input
// and a whole target. Up to stride-1 ids at the end of the text may be
// left over.
func (w Windows) Len() int {
	last := len(w.ids) - w.length - 1 // no window can start later
	return 1 + last/w.stride
}

// At returns window i, 0 <= i < Len: the input and, one id later in the
// text, the target. Both are views of the ids given to NewWindows.
func (w Windows) At(i int) (input, target []int) {
	at := i * w.stride
	return w.ids[at : at+w.length], w.ids[at+1 : at+1+w.length]
}
