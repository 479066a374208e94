package f32

import "sync"

// A Shelf keeps room that work needs for a while, for the next work that needs
// the like. Unlike a sync.Pool it is not emptied by the garbage collector. The
// zero Shelf is empty and ready.
type Shelf[T any] struct {
	mu   sync.Mutex
	list []*T
	made int
}

// Take returns a value that nobody else has, new or as it was given back.
func (s *Shelf[T]) Take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.list) - 1
	if last < 0 {
		s.made++
		return new(T)
	}
	t := s.list[last]
	s.list = s.list[:last]
	return t
}

// Give puts back what Take returned.
func (s *Shelf[T]) Give(t *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, t)
}

// Reserve makes sure that there have ever been n: no worker that first takes
// part in a later call has to allocate then.
func (s *Shelf[T]) Reserve(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; s.made < n; s.made++ {
		s.list = append(s.list, new(T))
	}
}
