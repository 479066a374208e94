package classify

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Classes names the outputs of the head, in their order: output 0 speaks for
// ham, output 1 for spam.
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

// longestLine bounds a line of the file, so that a binary file given by
// mistake fails at once. The longest line of the real collection has 914 bytes.
const longestLine = 1 << 20

// ReadMessages reads the format of the SMS Spam Collection (Almeida, Hidalgo
// and Yamakami, 2011): one message a line, "ham" or "spam", a tab, the text.
// A quotation mark is text like any other. It returns an error that names the
// line where the format is broken, or says that there are no messages.
func ReadMessages(r io.Reader) ([]Message, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	var messages []Message
	for lines.Scan() {
		m, err := parseMessage(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(messages)+1, err)
		}
		messages = append(messages, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", len(messages)+1, err)
	}
	if len(messages) == 0 {
		return nil, errors.New("no messages; lines are ham or spam, a tab, the text")
	}
	return messages, nil
}

func parseMessage(line string) (Message, error) {
	label, text, tab := strings.Cut(line, "\t")
	switch {
	case !tab:
		return Message{}, fmt.Errorf("no tab between label and text in %.40q", line)
	case label != Classes[0] && label != Classes[1]:
		return Message{}, fmt.Errorf("label %.40q is neither ham nor spam", label)
	case strings.TrimSpace(text) == "":
		return Message{}, fmt.Errorf("%s without a text", label)
	}
	return Message{Spam: label == Classes[1], Text: text}, nil
}
