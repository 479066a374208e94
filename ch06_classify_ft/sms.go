package classify

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// Classes names the outputs of the head, in their order: output 0 speaks for ham, output 1 for
// spam.
var Classes = [2]string{"ham", "spam"}

// A Message is one text message and what a person judged it to be.
type Message struct {
	Spam bool
	Text string
}

// Label is the index of the message's class in [Classes].
func (m Message) Label() int {
	if m.Spam {
		return 1
	}
	return 0
}

// ReadMessages reads the format of the SMS Spam Collection (Almeida, Hidalgo and Yamakami, 2011):
// one message a line, "ham" or "spam", a tab, the text. A quotation mark is text like any other,
// and blank lines mean nothing. Other lines that hold no message are skipped: messages are what
// the rest holds, and the error tells how many were skipped and what is wrong with the first of
// them. With any other error, such as that of a text that is not UTF-8, there are no messages.
func ReadMessages(r io.Reader) (messages []Message, err error) {
	messages, err = plaintext.Lines(r, parseMessage)
	switch {
	case err != nil:
		err = fmt.Errorf("classify: %w", err)
	case len(messages) == 0:
		err = errors.New("classify: no messages; lines are ham or spam, a tab, the text")
	}
	return messages, err
}

func parseMessage(line string) (Message, error) {
	label, text, tab := strings.Cut(line, "\t")
	class := slices.Index(Classes[:], strings.ToLower(strings.TrimSpace(label)))
	switch {
	case !tab:
		return Message{}, fmt.Errorf("no tab between label and text in %.40q", line)
	case class < 0:
		return Message{}, fmt.Errorf("label %.40q is neither ham nor spam", label)
	case strings.TrimSpace(text) == "":
		return Message{}, fmt.Errorf("%s without a text", Classes[class])
	}
	return Message{Spam: class == 1, Text: text}, nil
}
