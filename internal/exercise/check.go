package exercise

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// Unsolved is what an untouched stub panics with. It fits any signature.
const Unsolved sentinel = "exercise: not solved yet"

type sentinel string

// TB is the part of testing.TB that a check needs. The package does not import
// testing, because programs link it to list the exercises.
type TB interface {
	Helper()
	Name() string
	Skip(args ...any)
	Fatal(args ...any)
}

// X is one running check: the exercise and the comparisons made so far.
type X struct {
	t        TB
	number   string // "3.1", or "layers.1"
	name     string // "ScaledScores"
	dir      string // "ch03_attention", or "branches/layers"
	start    int    // line of the function's declaration
	compared int
	call     string // the last one, if it is watched
}

// Check runs the check of one exercise. The attempt is the reader's function,
// and check calls it and compares what it does.
//
// An untouched stub skips the test. An attempt that panics, compares wrong, or
// still reaches its panic(exercise.Unsolved) after some of it has been written
// fails the test. Check must be called by a test named TestExerciseN_Func in
// the package that declares Func; it panics otherwise.
func Check(t TB, attempt any, check func(x *X)) {
	t.Helper()
	x := newX(t, attempt)
	stood[x.number] = Wrong
	if message := x.run(check); message != "" {
		x.fail(message)
	} else if stood[x.number] == Todo {
		uncached()
		t.Skip(x.invitation())
	}
	if x.compared == 0 {
		panic("exercise: the check compared nothing")
	}
	stood[x.number] = Solved
}

// run runs the check, and returns what is to be said if the attempt panicked.
func (x *X) run(check func(x *X)) (message string) {
	defer func() {
		switch r := recover(); {
		case r == nil:
		case r != Unsolved:
			message = fmt.Sprintf("it panicked: %v%s%s", r, x.calling(), readerFrames(debug.Stack()))
		case x.compared > 0:
			message = fmt.Sprintf("half done: it got %d right and then reached panic(exercise.Unsolved)%s", x.compared, x.calling())
		case !x.untouched():
			message = "half done: it still reaches panic(exercise.Unsolved)" + x.calling()
		default:
			stood[x.number] = Todo
		}
	}()
	check(x)
	return ""
}

// Watch returns f, which also notes how it is called: what an attempt that panics was
// called with. A check begins with Look := exercise.Watch(x, Look).
func Watch[F any](x *X, f F) F {
	fn := reflect.ValueOf(f)
	call := fn.Call
	if fn.Type().IsVariadic() {
		call = fn.CallSlice
	}
	return reflect.MakeFunc(fn.Type(), func(args []reflect.Value) []reflect.Value {
		texts := make([]string, len(args))
		for i, arg := range args {
			texts[i] = inline(arg)
		}
		x.call = x.name + "(" + strings.Join(texts, ", ") + ")"
		return call(args)
	}).Interface().(F)
}

var (
	testName = regexp.MustCompile(`^TestExercise([0-9]+)_(\w+)$`)
	funcName = regexp.MustCompile(`/(ch[0-9]{2}_[a-z_]+|branches/[a-z]+)\.(\w+)$`)
)

func newX(t TB, attempt any) *X {
	f := runtime.FuncForPC(reflect.ValueOf(attempt).Pointer())
	test, fn := testName.FindStringSubmatch(t.Name()), funcName.FindStringSubmatch(f.Name())
	if test == nil || fn == nil || test[2] != fn[2] {
		panic("exercise: " + t.Name() + " does not check " + path.Base(f.Name()))
	}
	_, line := f.FileLine(f.Entry())
	return &X{t: t, number: prefix(fn[1]) + "." + test[1], name: fn[2], dir: fn[1], start: line}
}

// calling is a line with the call that a panic came from.
func (x *X) calling() string {
	if x.call == "" {
		return ""
	}
	return "\n   in  " + x.call
}

// untouched reports whether the panic came from the first line of the body,
// where the stub has it. It must be called while the panicking frames are still
// on the stack, that is, by a deferred function.
func (x *X) untouched() bool {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	for {
		frame, more := frames.Next()
		if frame.Function == "runtime.gopanic" {
			frame, _ = frames.Next()
			return strings.HasSuffix(frame.Function, "."+x.name) && frame.Line <= x.start+1
		}
		if !more {
			return false
		}
	}
}

func (x *X) invitation() string {
	test, _, _ := strings.Cut(x.t.Name(), "_")
	return fmt.Sprintf(`exercise %s waits for you
  write  the body of %s in %s/exercise_test.go
  check  go test -run '%s_' ./%s
  hint   go run ./cmd/llm exercises hint %s`, x.number, x.name, x.dir, test, x.dir, x.number)
}

func (x *X) fail(message string) {
	x.t.Helper()
	x.t.Fatal(fmt.Sprintf("exercise %s, %s: %s", x.number, x.name, message))
}

// readerFrames keeps the lines of a stack trace that name a file of the
// chapters' exercises: the rest is the harness and the runtime.
func readerFrames(stack []byte) string {
	var at strings.Builder
	for line := range strings.Lines(string(stack)) {
		if strings.Contains(line, StubFile+":") {
			at.WriteString("\n   at  " + framePlace(line))
		}
	}
	return at.String()
}

// framePlace is the file of a line of a stack trace with its folder, and the line in it.
func framePlace(line string) string {
	place, _, _ := strings.Cut(strings.TrimSpace(line), " +0x")
	return path.Base(path.Dir(place)) + "/" + path.Base(place)
}
