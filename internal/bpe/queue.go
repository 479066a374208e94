package bpe

// A queue is a binary heap: pop takes out an item that no other item comes
// before. Both push and pop look at no more than about 2·log₂(n) items.
// (container/heap would do too; with type parameters nothing is boxed.)
type queue[T queued[T]] []T

// queued is what has an order among its kind.
type queued[T any] interface{ before(T) bool }

func (q *queue[T]) push(item T) {
	h := append(*q, item)
	at := len(h) - 1
	for at > 0 {
		parent := (at - 1) / 2
		if !h[at].before(h[parent]) {
			break
		}
		h[at], h[parent] = h[parent], h[at]
		at = parent
	}
	*q = h
}

func (q *queue[T]) pop() T {
	h := *q
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	at := 0
	for {
		child := 2*at + 1
		if child+1 < last && h[child+1].before(h[child]) {
			child++
		}
		if child >= last || !h[child].before(h[at]) {
			break
		}
		h[at], h[child] = h[child], h[at]
		at = child
	}
	*q = h
	return top
}
