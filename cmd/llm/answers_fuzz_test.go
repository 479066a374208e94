package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzReadAnswers: whatever is in a file of answers is refused in one line, or
// nothing of it is lost when it is written again.
func FuzzReadAnswers(f *testing.F) {
	const one = `{"instruction": "Say a.", "input": "", "output": "a", "model_response": "b", "right": false, "loss": 0.5}`
	f.Add("[" + one + "]")
	f.Add("[" + one + "] []")
	f.Add(`[{"instruction": "Say a.", "output": "a", "model_response": "", "score": 100, "judge": "x", "note": "mine"}]`)
	f.Add(`[{"instruction": "a", "Instruction": "b", "output": "a"}]`)
	f.Add("\ufeff[" + one + "," + one + "]\r\n")
	f.Add("[]")
	f.Add("null")
	path := filepath.Join(f.TempDir(), "answers.json")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		a, err := readAnswers(path)
		defer a.close()
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NoError(t, a.write())
		a.close()
		again, err := readAnswers(path)
		again.close()
		require.NoError(t, err)
		require.Equal(t, a.list, again.list)
	})
}
