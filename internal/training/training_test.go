package training

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
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
