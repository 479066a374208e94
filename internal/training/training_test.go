package training

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

// Saving takes a small part of the time, and happens first and last in any case.
func TestWhenARunIsSaved(t *testing.T) {
	begin := time.Now()
	r := &Run{Total: 10, begin: begin}
	assert.False(t, r.due(1, false, begin))
	assert.True(t, r.due(1, true, begin), "to learn soon whether it can be")
	assert.True(t, r.due(1, false, begin.Add(10*time.Minute)), "looks are far between")
	r.saved, r.saving = begin, 10*time.Second
	assert.False(t, r.due(5, true, begin.Add(199*time.Second)))
	assert.True(t, r.due(5, true, begin.Add(200*time.Second)))
	assert.False(t, r.due(5, false, begin.Add(599*time.Second)))
	assert.True(t, r.due(5, false, begin.Add(600*time.Second)))
	assert.True(t, r.due(10, true, begin), "the end")
	r.saving = time.Minute
	assert.False(t, r.due(5, false, begin.Add(19*time.Minute)))
	assert.True(t, r.due(5, false, begin.Add(20*time.Minute)))
	r.saving = 0
	assert.True(t, r.due(5, true, begin), "quick to save, saved at every look")
}

// logged is a directory with a record of so many steps.
func logged(t testing.TB, steps int) string {
	dir := t.TempDir()
	c := record{options: []byte("{}\n")}
	for i := range steps + 1 {
		c.rows = append(c.rows, Row{i, 5 / float64(i+1), math.NaN(), 0.001, 1.5})
	}
	require.NoError(t, c.write(dir))
	return dir
}

func TestContinueALongLog(t *testing.T) {
	dir := logged(t, 100_000)
	took := time.Hour
	for try := 0; try < 5 && took > time.Second; try++ { // others may be busy
		var c record
		begin := time.Now()
		note, err := c.open(dir, 99_000)
		took = min(took, time.Since(begin))
		require.NoError(t, err)
		require.Empty(t, note)
		assert.Len(t, c.rows, 99_001)
		assert.Equal(t, 99_002, strings.Count(string(c.log()), "\n"))
	}
	assert.Less(t, took, time.Second)
}

// What a power cut left in the logs of earlier versions, or somebody's editor leaves:
// zeros where lines were, or half a file. It is told, what can be read stays, and what
// comes after the saved step does not matter.
func TestContinueADamagedLog(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(log string) string
		note   string
	}{
		"whole":            {func(log string) string { return log }, ""},
		"zeros at the end": {func(log string) string { return log + strings.Repeat("\x00", 500) }, ""},
		"half a row":       {func(log string) string { return log + "9,1" }, ""},
		"later rows":       {func(log string) string { return log + "9,9.9,9.9,1,1\n10,9" }, ""},
		"zeros within": {func(log string) string {
			from, to := strings.Index(log, "\n3,")+1, strings.Index(log, "\n5,")
			return log[:from] + strings.Repeat("\x00", to-from) + log[to:]
		}, "2 of 9 rows are missing or damaged, as after a power cut"},
		"line ends of Windows": {func(log string) string { return "\ufeff" + strings.ReplaceAll(log, "\n", "\r\n") }, ""},
		"nothing but zeros":    {func(log string) string { return strings.Repeat("\x00", len(log)) }, "9 of 9 rows are missing or damaged"},
		"nothing":              {func(string) string { return "" }, "9 of 9 rows are missing or damaged"},
		"cut off":              {func(log string) string { return log[:strings.Index(log, "\n4,")] }, "6 of 9 rows are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := logged(t, 8)
			text, err := os.ReadFile(filepath.Join(dir, logFile))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, logFile), []byte(c.damage(string(text))), 0o666))
			var r record
			note, err := r.open(dir, 8)
			require.NoError(t, err)
			if c.note == "" {
				assert.Empty(t, note)
				assert.Equal(t, string(text), string(r.log()))
			}
			assert.Contains(t, note, c.note)
			assert.Len(t, ReadLog(string(r.log()), 8), len(r.rows))
		})
	}
}

// While a run writes to a directory no other does, and a directory that it has left
// without a save is as good as new.
func TestOneWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	one, other := &Run{Dir: dir}, &Run{Dir: dir}
	unlock, err := one.open(io.Discard)
	require.NoError(t, err)
	_, err = other.open(io.Discard)
	require.EqualError(t, err, fmt.Sprintf("process %d is writing to %s", os.Getpid(), dir))
	unlock()
	unlock, err = other.open(io.Discard)
	require.NoError(t, err)
	unlock()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o666))
	_, err = one.open(io.Discard)
	require.ErrorContains(t, err, "exists: go on with its run by -resume")
	one.Force = true
	unlock, err = one.open(io.Discard)
	require.NoError(t, err)
	unlock()
}

// Whoever stops a run while its first loss is looked at does not wait for that, and
// leaves nothing behind.
func TestStoppedBeforeTheFirstLoss(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	looking := make(chan struct{})
	defer close(looking)
	dir := filepath.Join(t.TempDir(), "run")
	r := &Run{Trainer: new(pretrain.Trainer), Total: 10, Dir: dir, Validate: func() (float64, int) {
		cancel()
		<-looking
		return 1, 1
	}}
	require.ErrorIs(t, r.Train(ctx, io.Discard, io.Discard), context.Canceled)
	empty, err := Empty(dir)
	require.NoError(t, err)
	assert.True(t, empty)
}

// A slow learner takes half a second for its first step, a quarter for each other, and
// two seconds to look at a loss, by a clock of its own.
type slow struct {
	clock time.Time
	steps int
}

func (l *slow) now() time.Time      { return l.clock }
func (l *slow) Params() []gpt.Param { return nil }
func (l *slow) Grads() []gpt.Param  { return nil }

func (l *slow) Loss(embeddings.Batch) float64 {
	l.clock = l.clock.Add(2 * time.Second)
	return 1
}

func (l *slow) Learn(embeddings.Batch, float32, *attention.Dropout) float64 {
	if l.steps++; l.steps == 1 {
		l.clock = l.clock.Add(250 * time.Millisecond)
	}
	l.clock = l.clock.Add(250 * time.Millisecond)
	return 1
}

// slowRun is a run of so many steps of a slow learner.
func slowRun(l *slow, dir string, total int) *Run {
	epoch := func(*rand.Rand) iter.Seq[embeddings.Batch] { return slices.Values(make([]embeddings.Batch, 10)) }
	s := pretrain.Settings{Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(0.1, total), Accumulate: 1}
	return &Run{
		Trainer: pretrain.NewTrainer(l, epoch, s), Total: total, Every: 100, Dir: dir, Clock: l.now,
		Memory:   footprint.Memory{Weights: 4e9, Gradients: 4e9, Averages: 8e9, Logits: 1e9},
		Validate: func() (float64, int) { return l.Loss(embeddings.Batch{}), 1 },
		Save:     func(string) error { return nil },
		After:    func(io.Writer) error { return nil },
	}
}

// What a run takes is told by its first steps: once, if it is long, or without a run.
func TestPlan(t *testing.T) {
	const long = "240 steps take about 1m8s on this machine: 0.25 s each, and 2 s for each of 4 looks at the validation loss; 17001 MB of memory, at most 24001 MB of disk\n"
	dir := filepath.Join(t.TempDir(), "run")
	var out, stderr strings.Builder
	l := new(slow)
	require.NoError(t, slowRun(l, dir, 240).Plan(t.Context(), &out))
	assert.Equal(t, long, out.String())
	assert.Equal(t, 5, l.steps, "the first, and a second of others")
	assert.NoDirExists(t, dir)

	require.NoError(t, slowRun(new(slow), dir, 240).Train(t.Context(), io.Discard, &stderr))
	assert.Equal(t, 1, strings.Count(stderr.String(), long), stderr.String())
	stderr.Reset()
	require.NoError(t, slowRun(new(slow), filepath.Join(t.TempDir(), "short"), 10).Train(t.Context(), io.Discard, &stderr))
	assert.NotContains(t, stderr.String(), "take about", "who waits for ten seconds need not be told")

	out.Reset()
	short := slowRun(new(slow), dir, 1)
	short.Memory = footprint.Memory{}
	require.NoError(t, short.Plan(t.Context(), &out))
	assert.Equal(t, "1 steps take about 5s on this machine: 0.5 s each, and 2 s for each of 2 looks at the validation loss\n", out.String())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, slowRun(new(slow), dir, 240).Plan(ctx, &out), context.Canceled)
}

// Whatever the samples have come to, the run goes on, and says it. What a sample
// says itself cuts nothing off.
func TestContinueWithSamples(t *testing.T) {
	dir := logged(t, 8)
	path := filepath.Join(dir, samplesFile)
	var c record
	c.sample(4, sampleMark+"99\nthe rays\n"+sampleMark+"100")
	require.NoError(t, os.WriteFile(path, []byte(c.samples), 0o666))
	var r record
	note, err := r.open(dir, 8)
	require.NoError(t, err)
	assert.Empty(t, note)
	assert.Equal(t, c.samples, r.samples)
	c.sample(9, "later")
	assert.Equal(t, r.samples, samplesUpTo(c.samples, 8))

	require.NoError(t, os.WriteFile(path, make([]byte, 100), 0o666))
	note, err = r.open(dir, 8)
	require.NoError(t, err)
	assert.Contains(t, note, "samples.txt is missing or damaged")
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Remove(filepath.Join(dir, logFile)))
	note, err = r.open(dir, 8)
	require.NoError(t, err)
	assert.Contains(t, note, "samples.txt is missing or damaged")
	assert.Contains(t, note, "log.csv: 9 of 9 rows are missing")
}
