package chat

import "strings"

// Only this function writes control tokens; what somebody says goes in as text.
func WriteChatML(messages []Message) []Part {
	var parts []Part
	for _, m := range messages {
		parts = append(parts, Part{"<|im_start|>", true}, Part{Text: m.Role + "\n"})
		for i, text := range strings.Split(m.Content, "<|im_end|>") {
			if i > 0 {
				parts = append(parts, Part{"<|im_end|>", true}, Part{Text: text})
			} else {
				parts[len(parts)-1].Text += text
			}
		}
		parts = append(parts, Part{"<|im_end|>", true}, Part{Text: "\n"})
	}
	return append(parts, Part{"<|im_start|>", true}, Part{Text: "assistant\n"})
}
