package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

// exercises tells a page how the exercises of its chapter stand, and again whenever the
// reader saves them. To ask runs the reader's code: no other site may.
func (l *live) exercises(w http.ResponseWriter, r *http.Request) {
	if !own(r) {
		http.Error(w, "the exercises answer to the book's own pages only", http.StatusForbidden)
		return
	}
	chapter := strings.TrimPrefix(r.URL.Path, "/exercises/")
	all, err := exercise.List(l.root)
	all = slices.DeleteFunc(all, func(e exercise.Exercise) bool { return e.Chapter != chapter })
	if err != nil || len(all) == 0 {
		http.Error(w, "no chapter with exercises", http.StatusNotFound)
		return
	}
	l.checks.RLock()
	defer l.checks.RUnlock()
	flush := stream(w)
	for results, err := range exercise.Follow(r.Context(), l.root, all) {
		if err != nil {
			fmt.Fprintln(l.stdout, "the exercises cannot be checked:", err)
			return
		}
		data, _ := json.Marshal(results) // texts only
		if _, err := fmt.Fprintf(w, "retry: 2000\ndata: %s\n\n", data); err != nil || flush.Flush() != nil {
			return
		}
	}
}

// own reports whether a request comes from a page of this server, or from no page.
func own(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && (origin.String() == "" || origin.Host == r.Host)
}
