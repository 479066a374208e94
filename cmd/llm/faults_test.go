package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/llm-from-scratch/llm/internal/durable"
)

// faultVariable makes a process of this program break off: "kill 17" after so many
// operations on the disk, "slow 20" not, but each takes so many milliseconds, with
// "interrupted 20" those that follow a Ctrl-C.
const faultVariable = "LLM_TEST_FAULT"

func setFault(text string) {
	var kind string
	var n int
	fmt.Sscan(text, &kind, &n)
	done := 0
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	durable.Fault = func(op durable.Op) (int, error) {
		done++
		switch {
		case kind == "slow", kind == "interrupted" && len(interrupts) > 0:
			time.Sleep(time.Duration(n) * time.Millisecond)
		case kind == "kill" && done > n:
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			select {}
		}
		return math.MaxInt, nil
	}
}

// broken lets so many operations happen, and nothing after them: as far as the
// disk can tell, the program was killed. Of a write a half happens.
func broken(after int) func(durable.Op) (int, error) {
	done := 0
	return func(op durable.Op) (int, error) {
		if done++; done > after {
			return len(op.Data) / 2, errors.New("broken off")
		}
		return math.MaxInt, nil
	}
}

// filled is a disk with so many bytes of room.
func filled(room int) func(durable.Op) (int, error) {
	return func(op durable.Op) (int, error) {
		if room -= len(op.Data); room < 0 {
			allowed := max(0, room+len(op.Data))
			room = 0
			return allowed, syscall.ENOSPC
		}
		return math.MaxInt, nil
	}
}

// A node is a file or a directory of a disk that may lose its power: what is on it
// for sure, and what the system has only promised.
type node struct {
	data, synced []byte
	entries      map[string]*node // nil for a file
	kept         map[string]*node
	pending      []change
}

// A change of a directory has a number: the two of a rename happen together.
type change struct {
	number int
	name   string
	node   *node // nil: removed
}

// A disk records what is done to a directory.
type disk struct {
	root    string
	tree    *node
	changes int
	rng     *rand.Rand
	at      int // the power fails before this operation
	ops     int
	lost    bool
}

// record reads a directory, all of which is on the disk, and sees to it that
// what is done from now on is recorded until the power fails.
func record(root string, at int, rng *rand.Rand) *disk {
	d := &disk{root: root, tree: load(root), rng: rng, at: at}
	durable.Fault = d.see
	return d
}

func load(path string) *node {
	entries, err := os.ReadDir(path)
	if err != nil {
		data, _ := os.ReadFile(path)
		return &node{data: data, synced: data}
	}
	n := &node{entries: map[string]*node{}}
	for _, e := range entries {
		n.entries[e.Name()] = load(filepath.Join(path, e.Name()))
	}
	n.kept = maps.Clone(n.entries)
	return n
}

// find returns the directory of a path, and the name in it.
func (d *disk) find(path string) (dir *node, name string) {
	rel, err := filepath.Rel(d.root, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		panic("outside of what is recorded: " + path)
	}
	words := strings.Split(rel, string(filepath.Separator))
	dir = d.tree
	for _, w := range words[:len(words)-1] {
		dir = dir.entries[w]
	}
	return dir, words[len(words)-1]
}

func (d *disk) get(path string) *node {
	if path == d.root {
		return d.tree
	}
	dir, name := d.find(path)
	return dir.entries[name]
}

func (d *disk) set(path string, n *node) {
	dir, name := d.find(path)
	if dir.entries[name] = n; n == nil {
		delete(dir.entries, name)
	}
	dir.pending = append(dir.pending, change{d.changes, name, n})
}

func (d *disk) see(op durable.Op) (int, error) {
	if d.ops++; d.ops > d.at {
		d.lost = true
		return 0, errors.New("no power")
	}
	d.changes++
	switch op.Kind {
	case "create":
		if d.get(op.Path) == nil {
			d.set(op.Path, &node{})
		}
	case "write":
		n := d.get(op.Path)
		n.data = append(slices.Clip(n.data), op.Data...)
	case "sync":
		n := d.get(op.Path)
		n.synced = n.data
	case "mkdir":
		d.set(op.Path, &node{entries: map[string]*node{}, kept: map[string]*node{}})
	case "remove":
		if d.get(op.Path) != nil {
			d.set(op.Path, nil)
		}
	case "rename":
		n := d.get(op.Path)
		d.set(op.Path, nil)
		d.set(op.To, n)
	case "syncdir":
		n := d.get(op.Path)
		n.kept, n.pending = maps.Clone(n.entries), nil
	}
	return math.MaxInt, nil
}

// cut makes the directory at path what it may be after the power has failed: of
// what nobody has waited for, some has happened, in any order, and some has not.
func (d *disk) cut(path string) error {
	all, none := d.rng.IntN(4) == 0, d.rng.IntN(4) == 0
	happened := map[int]bool{}
	return d.put(path, d.tree, func(number int) bool {
		if _, known := happened[number]; !known {
			happened[number] = all || !none && d.rng.IntN(2) == 0
		}
		return happened[number]
	})
}

func (d *disk) put(path string, n *node, happened func(number int) bool) error {
	if n.entries == nil {
		return os.WriteFile(path, d.content(n), 0o666)
	}
	kept := maps.Clone(n.kept)
	for _, c := range n.pending {
		if happened(c.number) {
			if kept[c.name] = c.node; c.node == nil {
				delete(kept, c.name)
			}
		}
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		return err
	}
	for name, n := range kept {
		if err := d.put(filepath.Join(path, name), n, happened); err != nil {
			return err
		}
	}
	return nil
}

// content is what a file may hold: what is on the disk for sure, and of the rest
// all, some, or zeros.
func (d *disk) content(n *node) []byte {
	rest := slices.Clone(n.data[len(n.synced):])
	switch d.rng.IntN(4) {
	case 0:
		rest = nil
	case 1:
		rest = rest[:d.rng.IntN(len(rest)+1)]
	case 2:
		clear(rest[d.rng.IntN(len(rest)+1):])
	}
	return slices.Concat(n.synced, rest)
}
