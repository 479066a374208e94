// Package lora fine-tunes a whole model by the low-rank changes of chapter 6
// (Hu et al. 2021): every matrix of its blocks gets one, and they alone are
// trained.
//
// Read the files in this order:
//
//	beside.go    changes beside the matrices of a model of today
//	peft.go      their files, as Hugging Face's PEFT has them
//	adapters.go  for a GPT of the chapters: which matrices change, and what belongs to the change of one
//	lora.go      all changes as something that chapter 5's loop trains
//	file.go      the changes alone, in a file
package lora
