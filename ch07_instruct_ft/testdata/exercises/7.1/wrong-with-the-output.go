package instruct

func ShortPrompt(e Entry) string {
	prompt := "<|user|>\n" + e.Instruction + "\n"
	if e.Input != "" {
		prompt += e.Input + "\n"
	}
	return prompt + "<|assistant|>\n" + e.Output
}
