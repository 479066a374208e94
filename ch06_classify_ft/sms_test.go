package classify

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// realMessages reads the SMS Spam Collection from the folder that LLMBOOK_DATA
// names, or skips the test.
func realMessages(t testing.TB) []Message {
	t.Helper()
	f, err := os.Open(golden.Data(t, "sms-spam-collection.tsv"))
	require.NoError(t, err)
	defer f.Close()
	messages, err := ReadMessages(f)
	require.NoError(t, err)
	return messages
}

func count(messages []Message) (ham, spam int) {
	for _, m := range messages {
		if m.Spam {
			spam++
		} else {
			ham++
		}
	}
	return ham, spam
}

func TestReadMessages(t *testing.T) {
	got, err := ReadMessages(strings.NewReader("ham\t\"Ok\", she said.\nspam\tWIN\ta prize\r\nham\té"))
	require.NoError(t, err)
	require.Equal(t, []Message{{false, `"Ok", she said.`}, {true, "WIN\ta prize"}, {false, "é"}}, got)
}

func TestReadMessagesSkips(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"no tab", "ham\tok\nham ok\n", `classify: 1 skipped: line 2: no tab between label and text in "ham ok"`},
		{"label", "ham\tok\n\neggs\tok", `classify: 1 skipped: line 3: label "eggs" is neither ham nor spam`},
		{"no text", "spam\t  \nHam\tok", "classify: 1 skipped: line 1: spam without a text"},
		{"many", "a\nham\tok\rb\r\nc\nd\n\ne", `classify: 5 skipped: line 1: no tab between label and text in "a"; ` +
			`line 3: no tab between label and text in "b"; line 4: no tab between label and text in "c"; and 2 more`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			messages, err := ReadMessages(strings.NewReader(tc.in))
			require.EqualError(t, err, tc.want)
			require.Equal(t, []Message{{Text: "ok"}}, messages)
		})
	}
}

func TestReadMessagesErrors(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", "classify: no messages"},
		{"blank", "\n \n\t\n", "classify: no messages"},
		{"nothing good", "<html>\n", `classify: 1 skipped: line 1: no tab between label and text in "<html>"`},
		{"Latin-1", "ham\tok\nham\t\xa35", "classify: line 2: the byte 0xa3 is not UTF-8"},
		{"UTF-16", "\xff\xfeh\x00a\x00m\x00", "classify: line 1: this is UTF-16LE, not UTF-8"},
		{"not text", "ham\tok\nPNG\x00", "classify: line 2: a zero byte"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			messages, err := ReadMessages(strings.NewReader(tc.in))
			require.ErrorContains(t, err, tc.want)
			require.Empty(t, messages)
		})
	}
}

// The files of testdata came with reports of programs that read them wrong.
func TestReadMessagesOfReports(t *testing.T) {
	read := func(name string) ([]Message, error) {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		return ReadMessages(bytes.NewReader(data))
	}
	for name, first := range map[string]string{"bom.tsv": "see you at 0 by the stone", "crlf.tsv": "see you at 0 by the stone", "escapes.tsv": "plain"} {
		messages, err := read(name)
		require.NoError(t, err, name)
		require.Equal(t, Message{Text: first}, messages[0], name)
		ham, spam := count(messages)
		require.Equal(t, ham, spam, name)
	}
	_, err := read("min-latin1.tsv")
	require.ErrorContains(t, err, "line 1: the byte 0xa3 is not UTF-8")
}

// FuzzReadMessages: what was read can be written and read again.
func FuzzReadMessages(f *testing.F) {
	for _, name := range []string{"bom.tsv", "crlf.tsv", "escapes.tsv", "min-latin1.tsv"} {
		data, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Add("Ham\tok\n\nspma\tWIN\nspam\t\nham ok")
	f.Fuzz(func(t *testing.T, text string) {
		messages, err := ReadMessages(strings.NewReader(text))
		if len(messages) == 0 {
			require.Error(t, err)
			return
		}
		var again strings.Builder
		for _, m := range messages {
			fmt.Fprintf(&again, "%s\t%s\n", Classes[m.Label()], m.Text)
		}
		same, err := ReadMessages(strings.NewReader(again.String()))
		require.NoError(t, err)
		require.Equal(t, messages, same)
	})
}

func TestRealCollection(t *testing.T) {
	messages := realMessages(t)
	ham, spam := count(messages)
	require.Equal(t, []int{5574, 4827, 747}, []int{len(messages), ham, spam})
	quoted, distinct := 0, map[string]bool{}
	for _, m := range messages {
		if strings.HasPrefix(m.Text, `"`) {
			quoted++
		}
		distinct[m.Text] = true
	}
	require.Equal(t, 54, quoted, "texts that begin with a quotation mark")
	require.Len(t, distinct, 5171, "the collection repeats 403 messages")
}

// Readers of tables take a quotation mark for the beginning of a field that
// goes on until the next one, and swallow what is between.
func TestTableReadersLoseMessages(t *testing.T) {
	data, err := os.ReadFile(golden.Data(t, "sms-spam-collection.tsv"))
	require.NoError(t, err)
	read := func(lazy bool) int {
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', lazy, -1
		rows := 0
		for {
			_, err := r.Read()
			if err == io.EOF {
				return rows
			}
			if err == nil {
				rows++
			}
		}
	}
	require.Equal(t, 4837, read(true), "without any error")
	require.Less(t, read(false), 5574)
}

// The collection repeats messages. What the page says of those that stand both
// in the training and in the test part of llm classify train is counted here;
// 11 is the stream of the seed 1 that the program shuffles with.
func TestRealMessagesOccurInBothParts(t *testing.T) {
	balanced, err := Balance(realMessages(t), rand.New(rand.NewPCG(1, 11)))
	require.NoError(t, err)
	train, _, test := Split(balanced)
	seen := map[string]bool{}
	for _, m := range train {
		seen[m.Text] = true
	}
	copies := 0
	for _, m := range test {
		if seen[m.Text] {
			copies++
		}
	}
	require.Equal(t, 28, copies)
	require.Len(t, test, 300)
}
