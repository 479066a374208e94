// Package exercise lets a reader solve the book's exercises in place and have
// go test say how it went.
//
// A chapter keeps its exercises in four places:
//
//	exercise_test.go               the stubs; the only file a reader edits
//	exercise_check_test.go         one TestExerciseN_Func for each stub
//	testdata/exercises/exercise_test.go   the stubs as they were, untouched
//	testdata/exercises/3.1/        hint.md, solution.go, wrong-*.go
//
// A stub is a function with its full signature whose body is
// panic(exercise.Unsolved). As long as it stands, the check skips; from the
// first line of an attempt on, it passes or fails.
//
// Check runs one exercise (check.go, compare.go). List reads the exercises
// (list.go) and Status runs them (states.go), for the site and the command line.
// A test runs every stub, solution and mistake through the checks, so that a check
// which accepts a wrong answer is found before a reader finds it (proof_test.go).
package exercise
