// Package toy is a chapter with two exercises, for the tests of the harness.
package toy
