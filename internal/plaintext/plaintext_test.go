package plaintext

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLineEndsAndMark(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"\ufeff":             "",
		"\ufeffa\ufeff\n":    "a\ufeff\n", // only the first is a mark
		"a\r\nb\rc\nd\r\r\n": "a\nb\nc\nd\n\n",
		"\r":                 "\n",
		"\n\r\n\r":           "\n\n\n",
		"é好😉\ufffd":          "é好😉\ufffd",
	} {
		got, err := String("", []byte(text))
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.NoError(t, iotest.TestReader(NewReader("", strings.NewReader(text)), []byte(want)))
	}
}

func TestRefused(t *testing.T) {
	const convert = "; save the text as UTF-8, or convert it, if it is from Windows with: iconv -f WINDOWS-1252 -t UTF-8"
	wide := func(encoding string) string {
		return "f: line 1: this is " + encoding + ", not UTF-8; save it as UTF-8, or convert it with: iconv -f " + encoding + " -t UTF-8"
	}
	for text, want := range map[string]string{
		"one\r\ntwo\rprice \xa3 5": "f: line 3: the byte 0xa3 is not UTF-8" + convert,
		"\xe4\xbd":                 "f: line 1: the byte 0xe4 is not UTF-8" + convert,
		"\xed\xa0\x80":             "f: line 1: the byte 0xed is not UTF-8" + convert, // half a UTF-16 pair
		"one\n\x00":                "f: line 2: a zero byte; this is not text",
		"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00": "f: line 1: a zero byte; this is not text",
		strings.Repeat("\x00", 100):                                       "f: line 1: a zero byte; this is not text",
		"a\n" + strings.Repeat("\x00", 62):                                "f: line 2: a zero byte; this is not text",
		encoded("Größe 5\n", 2, false):                                    wide("UTF-16LE"),
		encoded("Größe 5\n", 2, true):                                     wide("UTF-16BE"),
		encoded("Größe 5\n", 4, false):                                    wide("UTF-32LE"),
		encoded("Größe 5\n", 4, true):                                     wide("UTF-32BE"),
		encoded("\ufeff大语言", 2, false):                                    wide("UTF-16LE"),
		encoded("\ufeff大语言", 2, true):                                     wide("UTF-16BE"),
		encoded("\ufeff大语言", 4, false):                                    wide("UTF-32LE"),
		encoded("\ufeff大语言", 4, true):                                     wide("UTF-32BE"),
	} {
		_, err := String("f", []byte(text))
		require.EqualError(t, err, want, "%q", text)
		_, err = io.ReadAll(NewReader("f", iotest.OneByteReader(strings.NewReader(text))))
		require.EqualError(t, err, want, "%q", text)
		_, err = String("", []byte(text))
		require.EqualError(t, err, strings.TrimPrefix(want, "f: "))
	}
}

// encoded is text in an encoding of two or four bytes a unit.
func encoded(text string, size int, bigEndian bool) string {
	units := []rune(text)
	if size == 2 {
		units = nil
		for _, u := range utf16.Encode([]rune(text)) {
			units = append(units, rune(u))
		}
	}
	var s strings.Builder
	for _, u := range units {
		for i := range size {
			if bigEndian {
				i = size - 1 - i
			}
			s.WriteByte(byte(u >> (8 * i)))
		}
	}
	return s.String()
}

// TestFiles reads what was reported as misread elsewhere.
func TestFiles(t *testing.T) {
	for name, want := range map[string]string{"bom.tsv": "ham\tsee", "bom.json": "[\n {", "crlf.tsv": "ham\tsee", "min-crlf.txt": "line one\nline two\n", "zwj.txt": "👩‍👩‍👧"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		text, err := String(name, data)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(text, want), "%.20q", text)
		require.NotContains(t, text, "\r")
		require.Equal(t, strings.Contains(name, "crlf"), strings.Contains(string(data), "\r\n"), "%s as it was copied", name)
	}
	for name, line := range map[string]string{"min-latin1.tsv": "min-latin1.tsv: line 1: the byte 0xa3 is not UTF-8", "min-latin1.json": "min-latin1.json: line 1: the byte 0xa3 is not UTF-8"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		_, err = String(name, data)
		require.ErrorContains(t, err, line)
	}
}

// TestLongText has line ends, characters and an error at the borders of blocks.
func TestLongText(t *testing.T) {
	for shift := range 4 {
		text := strings.Repeat("x", 1<<16-4+shift) + "\r\n好" + strings.Repeat("é\r", 1<<16)
		want := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		got, err := String("", []byte(text))
		require.NoError(t, err)
		require.True(t, want == got)
		read, err := io.ReadAll(NewReader("f", strings.NewReader(text+"\xff")))
		require.True(t, want == string(read), "all before the error is read")
		require.ErrorContains(t, err, "f: line 65538: the byte 0xff")
	}
}

func TestBroken(t *testing.T) {
	broken := errors.New("broken")
	text, err := io.ReadAll(NewReader("f", io.MultiReader(strings.NewReader("\ufeffok"), iotest.ErrReader(broken))))
	require.Equal(t, broken, err)
	require.Equal(t, "ok", string(text))
}

// FuzzText: a text is read whole or refused, in blocks of any size.
func FuzzText(f *testing.F) {
	for _, name := range []string{"bom.tsv", "crlf.tsv", "min-crlf.txt", "min-latin1.tsv", "min-latin1.json", "zwj.txt"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(encoded("\ufeffa", 2, true)))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := String("f", data)
		bytewise, err2 := io.ReadAll(NewReader("f", iotest.OneByteReader(strings.NewReader(string(data)))))
		require.Equal(t, err == nil, utf8.Valid(data) && !strings.Contains(string(data), "\x00"))
		if err != nil {
			require.EqualError(t, err2, err.Error())
			return
		}
		require.NoError(t, err2)
		require.Equal(t, text, string(bytewise))
		require.NotContains(t, text, "\r")
	})
}
