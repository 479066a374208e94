package classify

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/durable"
)

func testFilter(t testing.TB) *Filter {
	t.Helper()
	bpe, err := tokens.TrainBPE("call me, call now, win a free prize at six", 270)
	require.NoError(t, err)
	c := tiny
	c.Vocab = bpe.Vocab()
	return &Filter{random(c, 1), bpe, 10}
}

func TestSaveAndLoad(t *testing.T) {
	f, dir := testFilter(t), filepath.Join(t.TempDir(), "new", "dir")
	require.NoError(t, f.Save(dir))
	require.NoError(t, f.Save(dir), "over the first")
	g, err := Load(dir)
	require.NoError(t, err)
	require.Equal(t, f.Longest, g.Longest)
	require.Equal(t, f.Classifier.Params(), g.Classifier.Params())
	for _, text := range []string{"call me at six", "free prize, call now", "", "日本", "<|endoftext|>"} {
		class, p := f.Classify(text)
		again, q := g.Classify(text)
		require.Equal(t, class, again, text)
		require.Equal(t, p, q, text)
		require.GreaterOrEqual(t, p, 0.5)
		require.LessOrEqual(t, p, 1.0)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 6, "nothing temporary is left: %v", files)
}

func TestClassifyAgreesWithEvaluate(t *testing.T) {
	f := testFilter(t)
	for _, m := range Practice(30, seeded(1)) {
		class, _ := f.Classify(m.Text)
		counts := Evaluate(f.Classifier, f.Examples([]Message{m}), 8)
		require.Equal(t, 1, counts[m.Label()][class], m.Text)
	}
}

func TestClassifyReadsTheFirstIds(t *testing.T) {
	f := testFilter(t)
	_, p := f.Classify("0123456789")
	_, q := f.Classify("0123456789 and what follows")
	require.Equal(t, p, q)
}

func TestClassifyConcurrently(t *testing.T) {
	f := testFilter(t)
	messages := Practice(40, seeded(1))
	want := make([]float64, len(messages))
	for i, m := range messages {
		_, want[i] = f.Classify(m.Text)
	}
	var wg sync.WaitGroup
	got := make([]float64, len(messages))
	for i, m := range messages {
		wg.Go(func() { _, got[i] = f.Classify(m.Text) })
	}
	wg.Wait()
	require.Equal(t, want, got)
}

func TestLoadErrors(t *testing.T) {
	good := t.TempDir()
	require.NoError(t, testFilter(t).Save(good))
	head, err := os.ReadFile(filepath.Join(good, headFile))
	require.NoError(t, err)
	other := random(tiny, 1)
	other.Head.W.Rows-- // a head of another width
	other.Head.W.Data = other.Head.W.Data[2:]
	for _, tc := range []struct {
		name, file string
		spoil      func(path string) error
		want       string
	}{
		{"not a classifier", filterFile, os.Remove, "no classifier in "},
		{"not JSON", filterFile, write("{"), filterFile + ": byte 1: the JSON ends too early"},
		{"other classes", filterFile, write(`{"classes":["no","yes"],"longest":10}`), `the classes are ["no" "yes"], want ["ham" "spam"]`},
		{"too long", filterFile, write(`{"classes":["ham","spam"],"longest":65}`), "longest is 65; the model reads 1 to 64 ids"},
		{"zero", filterFile, write(`{"classes":["ham","spam"]}`), "longest is 0"},
		{"no head", headFile, os.Remove, "no classifier's head: "},
		{"truncated head", headFile, write(string(head[:len(head)-5])), headFile + ": "},
		{"no model", "config.json", os.Remove, "no model in "},
		{"narrow head", headFile, func(path string) error {
			dir := t.TempDir()
			f := testFilter(t)
			f.Classifier.Head = other.Head
			if err := f.Save(dir); err != nil {
				return err
			}
			return os.Rename(filepath.Join(dir, headFile), path)
		}, `tensor "score.weight" has shape [15 2], the model needs [16 2]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(good)))
			require.NoError(t, tc.spoil(filepath.Join(dir, tc.file)))
			_, err := Load(dir)
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, dir)
		})
	}
	_, err = Load(filepath.Join(good, "nowhere"))
	require.ErrorContains(t, err, "no classifier in "+filepath.Join(good, "nowhere"))
}

func write(content string) func(path string) error {
	return func(path string) error { return os.WriteFile(path, []byte(content), 0o644) }
}

func TestSaveErrors(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o644))
	require.ErrorContains(t, testFilter(t).Save(blocked), blocked)
}

// A save that is broken off anywhere leaves the filter that was there, or the new
// one, and the next save goes well.
func TestInterruptedSave(t *testing.T) {
	first, second := testFilter(t), testFilter(t)
	second.Longest = 5
	defer func() { durable.Fault = nil }()
	for last, seen := 0, map[int]int{}; ; last++ {
		dir, done := t.TempDir(), 0
		require.NoError(t, first.Save(dir))
		durable.Fault = func(durable.Op) (int, error) {
			if done++; done > last {
				return 0, errors.New("broken off")
			}
			return math.MaxInt, nil
		}
		failed := second.Save(dir)
		durable.Fault = nil
		f, err := Load(dir)
		require.NoError(t, err, "broken off after %d operations", last)
		seen[f.Longest]++
		require.NoError(t, second.Save(dir))
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 6, "nothing temporary is left: %v", files)
		if failed == nil {
			require.Greater(t, seen[10], 20)
			require.Greater(t, seen[5], 8)
			return
		}
	}
}
