// Package roofline measures the two limits of a processor that no program can
// pass: how fast it multiplies and adds when it need not wait for memory, and
// how fast it reads memory when there is nothing to compute.
//
// The name is that of the picture which the two make, after Williams, Waterman
// and Patterson, "Roofline: An Insightful Visual Performance Model for Multicore
// Architectures" (2009).
package roofline
