// Package symptoms has the training runs of the page "When it does not learn": a
// healthy one, and one for each thing that goes wrong, with one line changed.
package symptoms
