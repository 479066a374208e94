package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/llm-from-scratch/llm/cmd/site/internal/source"
	"github.com/llm-from-scratch/llm/cmd/site/internal/weave"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

// pollEvery is how often the files' times are looked at. Looking is more
// reliable than the system's file events, and cheap for a thousand files.
const pollEvery = 150 * time.Millisecond

// A live book is woven again when somebody asks for it and a file of it has changed.
type live struct {
	root   string
	stdout io.Writer
	checks sync.RWMutex // held for reading while exercises are checked

	mu      sync.Mutex
	woven   *weave.Book
	version uint64
}

// book is the site as the files are now, and their fingerprint.
func (l *live) book() (files map[string]func() []byte, version uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := stamp(l.root); now != l.version {
		var known []weave.Problem
		if l.woven == nil {
			l.woven = weave.Weave(l.root)
		} else {
			known, l.woven = l.woven.Problems, l.woven.Reweave()
		}
		l.woven.Live, l.version = true, now
		if !slices.Equal(known, l.woven.Problems) { // each is said once
			_ = sound(l.woven.Problems, l.stdout)
		}
	}
	return l.woven.Files, l.version
}

// ServeHTTP answers with the book as it is now; /events tells a page when it
// has changed, and /exercises/ how those of a chapter stand.
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/events" {
		l.events(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/exercises/") {
		l.exercises(w, r)
		return
	}
	files, _ := l.book()
	answer(w, r, files)
}

func (l *live) events(w http.ResponseWriter, r *http.Request) {
	flush := stream(w)
	for told := uint64(0); ; {
		if _, version := l.book(); version != told {
			told = version
			if _, err := fmt.Fprintf(w, "retry: 500\ndata: %x\n\n", version); err != nil || flush.Flush() != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(pollEvery):
		}
	}
}

// stream begins an answer that goes on as long as the page is looked at.
func stream(w http.ResponseWriter) *http.ResponseController {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	_ = errors.Join(flush.SetReadDeadline(time.Time{}), flush.SetWriteDeadline(time.Time{}))
	return flush
}

// stamp is a fingerprint of the names, sizes and times of the files that the
// book is woven from. What a reader writes is none of them.
func stamp(root string) uint64 {
	h := fnv.New64a()
	for name := range source.Paths(root) {
		if path.Base(name) == exercise.StubFile && path.Base(path.Dir(name)) != "exercises" {
			continue
		}
		if info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name))); err == nil {
			fmt.Fprintln(h, name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return h.Sum64()
}
