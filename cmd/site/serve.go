package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/llm-from-scratch/llm/cmd/site/internal/layout"
)

const (
	defaultAddr = "127.0.0.1:8080"
	// tries is how many ports after the default one are tried.
	tries = 100
)

// serve weaves the book below root and serves it until ctx is done.
func serve(ctx context.Context, root, addr string, stdout io.Writer) error {
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	book := &live{root: root, stdout: stdout}
	book.book() // its problems before its address
	server := newServer(ctx, book)
	if _, err := fmt.Fprintf(stdout, "http://%s/\n", listener.Addr()); err != nil {
		return errors.Join(err, listener.Close()) // nobody would know where it is
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	book.checks.Lock() // what the reader's code has started ends before the server does
	defer book.checks.Unlock()
	return nil
}

// newServer drops who is silent or slow.
func newServer(ctx context.Context, book http.Handler) *http.Server {
	return &http.Server{
		Handler:     guard(book),
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
}

// listen opens addr, which must be a loopback address. Without one it takes the
// default, or the next port that is free.
func listen(addr string) (net.Listener, error) {
	if addr == "" {
		return listenNear(defaultAddr)
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("-addr %s: want host:port, such as %s", addr, defaultAddr)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if !loopback(host) {
		return nil, fmt.Errorf("-addr %s: the book is served to this computer only: use 127.0.0.1, ::1 or localhost", addr)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case inUse(err):
		return nil, fmt.Errorf("-addr %s: the port is taken: choose another, or leave -addr out to get a free one", addr)
	case err != nil:
		return nil, fmt.Errorf("-addr %s: %w", addr, err)
	}
	return l, nil
}

// loopback reports whether a host's name or address means this computer, whatever
// the network says.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// local reports whether a request was sent to a loopback host. The port may be
// any: a tunnel has one of its own at its other end.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return loopback(name)
	}
	return loopback(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
}

func listenNear(addr string) (net.Listener, error) {
	host, port, _ := net.SplitHostPort(addr)
	first, _ := strconv.Atoi(port)
	for p := first; ; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(p)))
		if err == nil || !inUse(err) || p == first+tries {
			return l, err
		}
	}
}

// inUse reports whether a port is taken. Windows has a number of its own for it.
func inUse(err error) bool {
	const windows = syscall.Errno(10048) // WSAEADDRINUSE
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windows)
}

// policy is that of the pages, and what only a server can forbid.
const policy = layout.Policy + "; frame-ancestors 'none'"

// guard puts the security headers on every answer and refuses requests that
// were sent to another name: a page elsewhere may point its own name here.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		switch {
		case !local(r.Host):
			http.Error(w, "this server answers to localhost, 127.0.0.1 and [::1] only", http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "the book is for reading", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// kinds are those of which the system's table may say something else.
var kinds = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

// answer sends one file of the site.
func answer(w http.ResponseWriter, r *http.Request, files map[string]func() []byte) {
	name, status := cmp.Or(strings.TrimPrefix(r.URL.Path, "/"), "index.html"), http.StatusOK
	if files[name] == nil {
		name, status = "404.html", http.StatusNotFound
	}
	w.Header().Set("Content-Type", cmp.Or(kinds[path.Ext(name)], mime.TypeByExtension(path.Ext(name))))
	w.WriteHeader(status)
	_, _ = w.Write(files[name]())
}
