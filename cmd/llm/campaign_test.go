package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/durable"
)

// A victim is a run that will be broken off: half done and saved once.
type victim struct {
	name   string
	half   string            // its directory, to copy
	again  []string          // goes on with it in a directory, which is added
	whole  map[string]string // what a directory holds in the end, by file
	before map[string]string // or may hold, if it takes the place of another run that goes on
	force  bool              // takes that place, once it is saved

	count int   // operations on the disk
	ends  []int // the bytes written after each write
}

// victims are runs of each kind, and what each is without being broken off.
func victims(t *testing.T) []*victim {
	model, text := pretrained(t), file(t, "book.txt", bookText()[:8000])
	entries := file(t, "entries.json", `[`+strings.Repeat(`{"instruction": "Say hi.", "input": "", "output": "hi"},`, 39)+
		`{"instruction": "Say hi.", "input": "you", "output": "hi"}]`)
	var all []*victim
	for _, c := range []struct {
		name string
		args []string
	}{
		{"pretrain", tiny("-data", text, "-steps", "4", "-every", "2", "-accumulate", "2")},
		{"classify", []string{"classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-every", "4"}},
		{"classify -lora", []string{"classify", "train", "-model", model, "-messages", "60", "-epochs", "1", "-lora", "2", "-every", "4"}},
		{"instruct", []string{"instruct", "train", "-model", model, "-data", entries, "-epochs", "1", "-batch", "8", "-every", "9"}},
	} {
		parent := t.TempDir()
		v := &victim{name: c.name, half: filepath.Join(parent, "half"), again: append(commandOf(c.args), "-resume", "-out")}
		ok(t, append(c.args, "-out", filepath.Join(parent, "whole"))...)
		ok(t, append(c.args, "-out", v.half, "-stop", "2")...)
		v.whole = holds(t, filepath.Join(parent, "whole"))
		all = append(all, v)
	}

	first := all[0]
	replacing := &victim{name: "pretrain -force", force: true, half: filepath.Join(t.TempDir(), "half")}
	require.NoError(t, os.CopyFS(replacing.half, os.DirFS(first.half)))
	require.NoError(t, os.WriteFile(filepath.Join(replacing.half, "classifier.json"), []byte("of a filter"), 0o666))
	replacing.before = first.whole
	replacing.again = tiny("-data", text, "-steps", "2", "-seed", "9", "-every", "2", "-force", "-out")
	ok(t, append(tiny("-data", text, "-steps", "2", "-seed", "9", "-every", "2"), "-out", filepath.Join(filepath.Dir(replacing.half), "whole"))...)
	replacing.whole = holds(t, filepath.Join(filepath.Dir(replacing.half), "whole"))

	assistant := filepath.Join(t.TempDir(), "assistant")
	ok(t, "instruct", "train", "-model", model, "-data", entries, "-epochs", "1", "-batch", "12", "-out", assistant)
	answers := &victim{name: "answers", half: filepath.Join(t.TempDir(), "half")}
	require.NoError(t, os.Mkdir(answers.half, 0o777))
	path := filepath.Join(answers.half, "answers.json")
	asked := []string{"instruct", "eval", "-model", assistant, "-n", "3"}
	ok(t, append(asked, "-answers", path)...)
	answers.whole = holds(t, answers.half)
	ok(t, append(asked, "-answers", path, "-limit", "1", "-force")...)
	answers.again = append(asked, "-resume", "-answers")
	return append(all, replacing, answers)
}

// commandOf are the words that call a command.
func commandOf(args []string) []string {
	n := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") })
	return slices.Clone(args[:n])
}

// holds is what a directory holds, but for what a killed process leaves of its lock.
func holds(t testing.TB, dir string) map[string]string {
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			data = []byte(err.Error())
		}
		all[e.Name()] = string(data)
	}
	return all
}

// command goes on with the run in dir.
func (v *victim) command(dir string) []string {
	if v.name == "answers" {
		dir = filepath.Join(dir, "answers.json")
	}
	return append(slices.Clone(v.again), dir)
}

// copy is a place where the run may be broken off.
func (v *victim) copy(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.CopyFS(dir, os.DirFS(v.half)))
	return dir
}

// survives goes on with a run that was broken off: it must end with the bytes of
// one that was not.
func (v *victim) survives(t testing.TB, dir string) error {
	args := v.command(dir)
	if v.force {
		args = []string{"pretrain", "-resume", "-out", dir}
	}
	var out, stderr bytes.Buffer
	if status := run(context.Background(), args, strings.NewReader(""), &out, &stderr); status != statusOK {
		return fmt.Errorf("status %d: %s", status, stderr.String())
	}
	got := holds(t, dir)
	want := v.whole
	if v.force && got["run.json"] == v.before["run.json"] {
		want = v.before
	}
	if strings.Contains(stderr.String(), "damaged") {
		return errors.New(stderr.String())
	}
	if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
		return fmt.Errorf("there are %q", slices.Sorted(maps.Keys(got)))
	}
	for name := range want {
		if got[name] != want[name] {
			return fmt.Errorf("%s has %d bytes, not the %d it should have", name, len(got[name]), len(want[name]))
		}
	}
	return nil
}

// attempt runs under a fault of the disk and reports whether it came to its end.
func (v *victim) attempt(dir string, fault func(durable.Op) (int, error)) bool {
	durable.Fault = fault
	defer func() { durable.Fault = nil }()
	var out, stderr bytes.Buffer
	return run(context.Background(), v.command(dir), strings.NewReader(""), &out, &stderr) == statusOK
}

// operations counts what the run does to the disk, and where its writes end.
func (v *victim) operations(t testing.TB) {
	bytes := 0
	require.True(t, v.attempt(v.copy(t), func(op durable.Op) (int, error) {
		if v.count++; op.Kind == "write" {
			bytes += len(op.Data)
			v.ends = append(v.ends, bytes)
		}
		return math.MaxInt, nil
	}))
}

// A way is one in which a run is broken off, at a place between 0 and 1 of its
// course. It returns the directory that is left.
type way struct {
	name    string
	process bool // breaks off a process of its own, of which several may run at once
	try     func(v *victim, dir string, place float64, rng *rand.Rand) (left string, err error)
}

var ways = []way{
	{"operation fails", false, func(v *victim, dir string, place float64, _ *rand.Rand) (string, error) {
		v.attempt(dir, broken(int(place*float64(v.count))))
		return dir, nil
	}},
	{"disk full", false, func(v *victim, dir string, place float64, rng *rand.Rand) (string, error) {
		v.attempt(dir, filled(max(0, v.ends[int(place*float64(len(v.ends)))]+rng.IntN(3)-1)))
		return dir, nil
	}},
	{"power cut", false, func(v *victim, dir string, place float64, rng *rand.Rand) (string, error) {
		after := dir + "-after"
		d := record(dir, int(place*float64(v.count+1)), rng)
		v.attempt(dir, d.see)
		return after, d.cut(after)
	}},
	{"killed in a save", true, func(v *victim, dir string, place float64, _ *rand.Rand) (string, error) {
		cmd := v.slowed(dir, fmt.Sprintf("kill %d", int(place*float64(v.count))))
		cmd.Run()
		return dir, nil
	}},
	{"killed any time", true, func(v *victim, dir string, place float64, _ *rand.Rand) (string, error) {
		cmd := v.slowed(dir, "slow 1")
		if err := cmd.Start(); err != nil {
			return "", err
		}
		time.Sleep(time.Duration(place * float64(300*time.Millisecond)))
		cmd.Process.Kill()
		cmd.Wait()
		return dir, nil
	}},
	{"second Ctrl-C", true, func(v *victim, dir string, place float64, _ *rand.Rand) (string, error) {
		if runtime.GOOS == "windows" {
			return dir, nil
		}
		cmd := v.slowed(dir, "slow 30")
		if err := cmd.Start(); err != nil {
			return "", err
		}
		time.Sleep(time.Duration(place * float64(time.Second)))
		cmd.Process.Signal(os.Interrupt)
		time.Sleep(600 * time.Millisecond)
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		return dir, nil
	}},
}

// slowed is the run in dir as a process of its own, whose disk has a fault.
func (v *victim) slowed(dir, fault string) *exec.Cmd {
	cmd := process(v.command(dir)...)
	cmd.Env = append(cmd.Env, faultVariable+"="+fault)
	return cmd
}

// A trial breaks off a run in one way at one place.
type trial struct {
	*victim
	way
	place float64
	dir   string // where it was run, then what is left of it
	err   error
}

func (x *trial) breakOff(rng *rand.Rand) { x.dir, x.err = x.try(x.victim, x.dir, x.place, rng) }

// lost goes on with what was broken off and reports why it is not whole in the end.
func (x *trial) lost(t testing.TB) error {
	if x.err != nil {
		return x.err
	}
	return x.survives(t, x.dir)
}

// Every run survives whatever breaks off its saves. Here each is broken off at two
// places in each way, and a process of each kind in one way. LLM_CAMPAIGN=all goes
// through each operation and each end of a write, which takes two minutes, and
// LLM_CAMPAIGN=500 through so many places at random: go run ./internal/campaign sets it.
func TestCampaign(t *testing.T) {
	answersAtOnce(t)
	all := victims(t)
	for _, v := range all {
		v.operations(t)
	}
	long := os.Getenv("LLM_CAMPAIGN")
	if n, _ := strconv.Atoi(long); n > 0 {
		longCampaign(t, all, n)
		return
	}
	processes := killed(t, all, long == "all")
	begin := time.Now()
	for at, v := range all {
		rng := rand.New(rand.NewPCG(1, uint64(v.count)))
		for _, way := range ways {
			if way.process {
				continue
			}
			places, within := 2, (float64(at)+0.5)/float64(len(all)) // each run elsewhere
			if long == "all" {
				places, within = v.count, 0.5
				if way.name == "disk full" {
					places = len(v.ends)
				}
			}
			for i := range places {
				x := trial{victim: v, way: way, place: (float64(i) + within) / float64(places), dir: v.copy(t)}
				x.breakOff(rng)
				require.NoError(t, x.lost(t), "%s, %s, place %d of %d", v.name, way.name, i, places)
			}
			t.Logf("%s: %s at %d places, after %.1f s", v.name, way.name, places, time.Since(begin).Seconds())
		}
	}
	for x := range processes {
		require.NoError(t, x.lost(t), "%s, %s, at %g", x.victim.name, x.way.name, x.place)
	}
}

// killed breaks off processes, which mostly sleep, beside what the test does in its
// own, a few at once: one of each run, or, if all is wanted, two in each way.
func killed(t *testing.T, all []*victim, everyWay bool) <-chan *trial {
	var trials []*trial
	for i, v := range all {
		for j, way := range ways {
			switch {
			case !way.process:
			case everyWay:
				for _, place := range []float64{.25, .75} {
					trials = append(trials, &trial{victim: v, way: way, place: place, dir: v.copy(t)})
				}
			case i%3 == j%3: // the ways that break off a process are three
				trials = append(trials, &trial{victim: v, way: way, place: (float64(i) + 0.5) / float64(len(all)), dir: v.copy(t)})
			}
		}
	}
	todo, done := make(chan *trial, len(trials)), make(chan *trial, len(trials))
	for _, x := range trials {
		todo <- x
	}
	close(todo)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for x := range todo {
				x.breakOff(nil)
				done <- x
			}
		})
	}
	go func() {
		workers.Wait()
		close(done)
	}()
	t.Cleanup(workers.Wait) // before their directories go
	return done
}

// answersAtOnce has answers written one by one, for there are only a few.
func answersAtOnce(t *testing.T) {
	before := answersEvery
	answersEvery = 0
	t.Cleanup(func() { answersEvery = before })
}

func longCampaign(t *testing.T, all []*victim, trials int) {
	lost := map[string]int{}
	done := map[string]int{}
	begin := time.Now()
	for i := range trials {
		v, way := all[i%len(all)], ways[i/len(all)%len(ways)]
		rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), uint64(i)))
		key := fmt.Sprintf("%-16s %s", v.name, way.name)
		x := trial{victim: v, way: way, place: rng.Float64(), dir: v.copy(t)}
		done[key]++
		x.breakOff(rng)
		if err := x.lost(t); err != nil {
			lost[key]++
			t.Errorf("%s at %.4f: %v", key, x.place, err)
		}
	}
	total := 0
	for _, key := range slices.Sorted(maps.Keys(done)) {
		fmt.Printf("%-35s %4d tried %4d lost\n", key, done[key], lost[key])
		total += lost[key]
	}
	fmt.Printf("%d of %d lost, in %v\n", total, trials, time.Since(begin).Round(time.Second))
}
