package instruct

func ShortPrompt(e Entry) string {
	prompt := "<|user|>\n" + e.Instruction + "\n"
	prompt += e.Input + "\n"
	return prompt + "<|assistant|>\n"
}
