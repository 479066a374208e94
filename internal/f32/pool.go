package f32

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Run calls f on consecutive pieces [lo,hi) of [0,n), each grain long except
// perhaps the last, spread over the cores, and returns when all are done: f must
// be ready to run on several goroutines at once. Where the pieces begin depends
// on n and grain only. A panic in a piece reaches the caller once the others are
// done.
//
// Run allocates nothing. While one Run is under way, others, started by its
// pieces or by other goroutines, use their own goroutine only: the cores are
// busy, and nobody waits for anybody.
func Run(n, grain int, f func(lo, hi int)) {
	if grain < 1 {
		panic("f32: grain below one")
	}
	if n <= 0 {
		return
	}
	pieces := (n-1)/grain + 1
	helpers := min(runtime.GOMAXPROCS(0), pieces) - 1
	if helpers < 1 || !crew.busy.CompareAndSwap(false, true) {
		for lo := 0; lo < n; lo += grain {
			f(lo, min(lo+grain, n))
		}
		return
	}
	crew.run(n, grain, pieces, helpers, f)
}

// The crew is the workers and the one job they share. They are started when
// first needed. Between jobs they look out for the next one for a while before
// they go to sleep: a step of training or decoding is some hundred short jobs,
// and to wake a sleeping core takes longer than many of them.
var crew = team{wake: make(chan struct{}, 1024)}

// watch is how long a worker looks out for a job, and a caller for the end of
// its job, before it sleeps. Waking up takes some 50 µs, much more on virtual
// machines.
const watch = 200 * time.Microsecond

type team struct {
	busy     atomic.Bool   // during a job
	wake     chan struct{} // one token wakes one sleeping worker
	sleeping atomic.Int64  // workers that are asleep or about to be
	workers  int           // started so far

	// The job. A worker may look at it only while it holds a piece, which keeps
	// the job from ending: a late worker that finds none left has seen nothing.
	work     func(lo, hi int)
	n, grain int
	left     atomic.Int64   // pieces that nobody has taken; none when not above zero
	pending  atomic.Int64   // pieces that are not finished
	undone   sync.WaitGroup // the same, to sleep by

	failure atomic.Pointer[any] // the first panic of a piece
}

// run does one job with the help of that many workers. The caller has set busy.
func (t *team) run(n, grain, pieces, helpers int, f func(lo, hi int)) {
	t.work, t.n, t.grain = f, n, grain
	t.undone.Add(pieces)
	t.pending.Store(int64(pieces))
	t.left.Store(int64(pieces)) // from here on, workers join in
	for ; t.workers < helpers; t.workers++ {
		go t.serve()
	}
	for range min(int64(helpers), t.sleeping.Load()) {
		select {
		case t.wake <- struct{}{}:
		default: // as many tokens as anyone can use are waiting
		}
	}
	t.pieces()
	lookOut(func() bool { return t.pending.Load() == 0 })
	t.undone.Wait()
	t.work = nil
	failure := t.failure.Swap(nil)
	t.busy.Store(false)
	if failure != nil {
		panic(*failure)
	}
}

func (t *team) serve() {
	for {
		t.pieces()
		if !lookOut(t.called) {
			t.sleep()
		}
	}
}

// called reports whether there is something to do.
func (t *team) called() bool { return t.left.Load() > 0 }

// sleep returns when there may be something to do. A job that comes after the
// worker has said that it sleeps sends a token, one that came before is seen.
func (t *team) sleep() {
	t.sleeping.Add(1)
	if !t.called() {
		<-t.wake
	}
	t.sleeping.Add(-1)
}

// lookOut waits for something to happen, a short while, and reports whether it
// did. Other goroutines run meanwhile if they have no core to themselves.
func lookOut(happened func() bool) bool {
	for start := time.Now(); time.Since(start) < watch; {
		for range 32 {
			if happened() {
				return true
			}
			runtime.Gosched()
		}
	}
	return false
}

// pieces takes pieces of the job until there are none.
func (t *team) pieces() {
	for {
		left := t.left.Add(-1)
		if left < 0 {
			return
		}
		t.piece(int(left))
	}
}

// piece does the piece that has that many pieces after it.
func (t *team) piece(after int) {
	defer t.finish()
	i := (t.n-1)/t.grain - after
	t.work(i*t.grain, min((i+1)*t.grain, t.n))
}

func (t *team) finish() {
	if p := recover(); p != nil {
		t.fail(p)
	}
	t.pending.Add(-1)
	t.undone.Done()
}

func (t *team) fail(p any) { t.failure.CompareAndSwap(nil, &p) }
