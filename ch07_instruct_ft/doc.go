// Package instruct turns a model that continues text into one that answers:
// it writes instructions as a prompt, trains on pairs of prompt and answer,
// and serves the result as an [Assistant] that other programs import.
//
// A program that has a model, in a directory that llm instruct train or
// [pretrain.SaveModel] has written, asks it so:
//
//	assistant, err := instruct.Load("runs/assistant")
//	if err != nil {
//		log.Fatal(err)
//	}
//	for piece, err := range assistant.Respond(ctx, "What is the opposite of hot?", "", instruct.Options{}) {
//		if err != nil {
//			log.Fatal(err)
//		}
//		fmt.Print(piece)
//	}
//
// [LoadFS] reads a model that go:embed has put into the program itself. The
// [Options] say how the tokens are chosen and where the answer ends. A
// [Conversation] remembers what was said.
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
//   - conversation.go remembers what was said, as far as the context holds it;
//   - score.go answers held-out entries and compares.
package instruct
