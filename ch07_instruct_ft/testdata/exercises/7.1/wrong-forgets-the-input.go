package instruct

func ShortPrompt(e Entry) string {
	prompt := "<|user|>\n" + e.Instruction + "\n"
	return prompt + "<|assistant|>\n"
}
