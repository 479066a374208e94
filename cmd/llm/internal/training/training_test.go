package training

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Saving takes a small part of the time, and happens first and last in any case.
func TestWhenARunIsSaved(t *testing.T) {
	begin := time.Now()
	r := &Run{Total: 10, begin: instant{time: begin}}
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

// logged is a directory with a log of so many steps, saved after the last.
func logged(t testing.TB, steps int) string {
	dir := filepath.Join(t.TempDir(), "run")
	d, err := Create(dir, false, map[string]int{"a": 1})
	require.NoError(t, err)
	defer d.Close()
	log := []byte(header)
	for i := range steps + 1 {
		log = append(log, Row{i, 5 / float64(i+1), math.NaN(), 0.001, 1.5}.line()...)
	}
	require.NoError(t, os.WriteFile(d.file(logFile), log, 0o666))
	require.NoError(t, os.WriteFile(d.file(trainingFile), nil, 0o666))
	return dir
}

func TestContinueALongLog(t *testing.T) {
	took := time.Hour
	for try := 0; try < 5 && took > time.Second; try++ { // others may be busy
		dir := logged(t, 100_000)
		d, err := Open(dir)
		require.NoError(t, err)
		begin := time.Now()
		note, err := d.Continue(99_000)
		took = min(took, time.Since(begin))
		d.Close()
		require.NoError(t, err)
		require.Empty(t, note)
		assert.Len(t, d.Rows, 99_001)
		text, err := os.ReadFile(filepath.Join(dir, logFile))
		require.NoError(t, err)
		assert.Equal(t, 99_002, strings.Count(string(text), "\n"))
	}
	assert.Less(t, took, time.Second)
}

// What a power cut leaves: zeros where lines were, or half a file. It is told, what
// can be read stays, and what comes after the saved step does not matter.
func TestContinueADamagedLog(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(log string) string
		note   string
	}{
		"whole":            {func(log string) string { return log }, ""},
		"zeros at the end": {func(log string) string { return log + strings.Repeat("\x00", 500) }, ""},
		"half a row":       {func(log string) string { return log + "9,1" }, ""},
		"zeros within": {func(log string) string {
			from, to := strings.Index(log, "\n3,")+1, strings.Index(log, "\n5,")
			return log[:from] + strings.Repeat("\x00", to-from) + log[to:]
		}, "2 of 9 rows are missing or damaged, as after a power cut"},
		"cut off": {func(log string) string { return log[:strings.Index(log, "\n4,")] }, "6 of 9 rows are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := logged(t, 8)
			text, err := os.ReadFile(filepath.Join(dir, logFile))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(dir, logFile), []byte(c.damage(string(text))), 0o666))
			d, err := Open(dir)
			require.NoError(t, err)
			defer d.Close()
			note, err := d.Continue(8)
			require.NoError(t, err)
			if c.note == "" {
				assert.Empty(t, note)
				assert.Equal(t, string(text), string(d.log()))
			}
			assert.Contains(t, note, c.note)
			rows, err := os.ReadFile(filepath.Join(dir, logFile))
			require.NoError(t, err)
			assert.Equal(t, string(d.log()), string(rows))
			_, err = Parse(string(rows))
			require.NoError(t, err)
		})
	}
}

func TestOneWriter(t *testing.T) {
	dir := logged(t, 1)
	d, err := Open(dir)
	require.NoError(t, err)
	_, err = Open(dir)
	require.EqualError(t, err, fmt.Sprintf("process %d is writing to %s", os.Getpid(), dir))
	_, err = Create(dir, true, nil)
	require.ErrorContains(t, err, "is writing to")
	d.Close()
	d, err = Open(dir)
	require.NoError(t, err)
	d.Close()
}
