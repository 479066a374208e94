package translate

import "gonum.org/v1/gonum/blas/blas32"

// Stream is what goes into layer i, comes out of the last, or of the norm behind it.
func (a *StackActivations) Stream(i int) blas32.General { return a.stream[i] }
