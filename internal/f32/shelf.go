package f32

import "sync"

// A shelf keeps what one call of Gemm needs for the next. Unlike a sync.Pool it
// is not emptied by the garbage collector.
type shelf[T any] struct {
	mu   sync.Mutex
	list []*T
	made int
}

func (s *shelf[T]) take() *T {
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

func (s *shelf[T]) give(t *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, t)
}

// reserve makes sure that there have ever been n: no worker that first takes
// part in a later call has to allocate then.
func (s *shelf[T]) reserve(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; s.made < n; s.made++ {
		s.list = append(s.list, new(T))
	}
}
