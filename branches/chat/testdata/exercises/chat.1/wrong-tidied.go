package chat

import "strings"

// Only this function writes control tokens; what somebody says goes in as text.
func WriteChatML(messages []Message) []Part {
	var parts []Part
	for _, m := range messages {
		parts = append(parts, Part{"<|im_start|>", true}, Part{Text: m.Role + "\n" + strings.TrimSpace(m.Content)}, Part{"<|im_end|>", true}, Part{Text: "\n"})
	}
	return append(parts, Part{"<|im_start|>", true}, Part{Text: "assistant\n"})
}
