// Package exercise lets a reader solve the book's exercises in place and have
// go test say how it went.
//
// A chapter keeps its exercises in these places:
//
//	exercise_test.go               the stubs; the only file a reader edits
//	exercise_check_test.go         TestMain, and one TestExerciseN_Func for each stub
//	testdata/exercises/exercise_test.go   the stubs as they were, untouched
//	testdata/exercises/3.1/        hint.md, solution.go, wrong-*.go, messages.txt, perhaps use.go
//
// A branch keeps its exercises in the same places, branches/layers in
// branches/layers/exercise_test.go and so on. They are numbered by its name, layers.1 and
// layers.2, in the comments of the stubs and below testdata/exercises; all the rest, the
// link on the page too, is as in a chapter, and nothing needs to be told here.
//
// A stub is a function with its full signature whose body is
// panic(exercise.Unsolved). As long as it stands, the check skips; from the
// first line of an attempt on, it passes or fails. Above the stubs stands
// var _ = exercise.Unsolved: without it the file would not compile once all are solved.
//
// A check begins with Look := exercise.Watch(x, Look), so that the message on an attempt
// that panics can name the call and its arguments. Equal and Near take numbers, texts,
// slices, and matrices of gonum with whatever stride.
//
// A hint.md has three hints, with a line --- between two: a question, the way, nearly
// the code. A messages.txt has what each wrong-*.go is told; the proof writes it, and
// whoever writes the exercise reads it as a beginner would:
//
//	CI=true go test ./internal/exercise -run TheBooksChecks/ch03 -update
//	CI=true go test ./internal/exercise -run TheBooksChecks/branches/layers -update
//
// A use.go puts the exercise to work in the book's model, for llm exercises use: it has
// the declaration of a chapter's function or method anew, as the reader's function makes
// it, and the package clause of that chapter. The book's own is there too, by the name
// bookForward for Forward.
//
// An experiment is an exercise whose function returns the number that the reader found.
// Its check is x.Found(Func(), "experiment-3.6.txt", 0.05): the file in docs/runs has the
// command, what to change, what was printed, and in the end the lines "unchanged: 2.43"
// and "changed: 2.71".
//
// Check runs one exercise (check.go, compare.go, show.go). List reads the exercises
// (list.go) and Status runs them (states.go), for the site and the command line; Main says
// how they stand at the end of go test (main.go).
// A test runs every stub, solution and mistake through the checks, so that a check
// which accepts a wrong answer is found before a reader finds it (proof_test.go).
package exercise
