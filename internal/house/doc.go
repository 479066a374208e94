// Package house holds no code, only the tests that keep the rules of the house:
// which chapter may import what, what every chapter's directory contains, and
// what chapters leave to the programs that use them. The rules stand in
// rules_test.go, as data.
package house
