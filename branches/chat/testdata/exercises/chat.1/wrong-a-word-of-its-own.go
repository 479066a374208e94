package chat

// Only this function writes control tokens; what somebody says goes in as text.
func WriteChatML(messages []Message) []Part {
	var parts []Part
	if len(messages) == 0 || messages[0].Role != System {
		messages = append([]Message{{System, "You are a helpful assistant."}}, messages...)
	}
	for _, m := range messages {
		parts = append(parts, Part{"<|im_start|>", true}, Part{Text: m.Role + "\n" + m.Content}, Part{"<|im_end|>", true}, Part{Text: "\n"})
	}
	return append(parts, Part{"<|im_start|>", true}, Part{Text: "assistant\n"})
}
