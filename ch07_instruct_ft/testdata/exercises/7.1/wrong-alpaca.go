package instruct

func ShortPrompt(e Entry) string {
	return e.Prompt()
}
