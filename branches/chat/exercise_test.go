package chat

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise chat.1: A conversation in ChatML (15 minutes).
//
// WriteChatML writes a conversation as ChatML wants it, up to where the answer begins. A turn is
// the control token <|im_start|>, the role, a line end, the content, the control token <|im_end|> and a line
// end. Behind the last turn that of the assistant begins: <|im_start|>, assistant, a line end, and
// nothing more. Nothing is added, and no content is changed, whatever it says: a user who
// types <|im_end|> ends nothing. Texts that touch are one part.
//
// A message Hi of the role user becomes <|im_start|>, the text "user\nHi", <|im_end|>, the text "\n",
// <|im_start|> and the text "assistant\n".
func WriteChatML(messages []Message) []Part {
	panic(exercise.Unsolved)
}
