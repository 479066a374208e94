// Package instruct turns a model that continues text into one that answers:
// it writes instructions as a prompt, trains on pairs of prompt and answer,
// and serves the result as an [Assistant] that other programs import.
//
// Read the files in this order:
//
//   - prompt.go writes an instruction, its input and its answer as one text,
//     and splits a collection into training, validation and test;
//   - practice.go makes up practice instructions with exact answers;
//   - collate.go packs entries of different lengths into batches, with targets
//     that ignore padding and, if asked, the prompt;
//   - finetune.go continues training from a pretrained model;
//   - assistant.go answers: a stream of text, for many callers at once;
//   - score.go answers held-out entries and compares.
package instruct
