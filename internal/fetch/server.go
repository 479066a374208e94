package fetch

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Hugging Face answers a request for a large file by a redirect to where the
// file is kept, and says in the head of that answer what is there: its SHA-256,
// in quotes, and its size. Of a small file it says another sum, of 40 digits.
const (
	linkedSum  = "X-Linked-Etag"
	linkedSize = "X-Linked-Size"
)

// redirects is how many in a row are followed.
const redirects = 10

// errChanged means that the server has another file now than it said.
var errChanged = errors.New("the server has another file")

// learn returns f with the size and the SHA-256 that the server says.
func (f File) learn(ctx context.Context) (File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, stall, fmt.Errorf("%s: no answer for %v", f.URL, stall))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, f.URL, nil)
	if err != nil {
		return f, fmt.Errorf("%w (%w)", err, errFinal)
	}
	client := http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.Response.Header.Get(linkedSum) != "" || next.URL.Host != via[0].URL.Host {
			return http.ErrUseLastResponse // whoever comes next is not asked
		}
		return allowed(next, via)
	}}
	response, err := client.Do(request)
	if err != nil {
		return f, because(ctx, f.wrap(err))
	}
	response.Body.Close()
	if response.StatusCode >= 400 {
		return f, f.refused(response)
	}
	sum, size := sumOf(response), response.Header.Get(linkedSize)
	if sum == "" {
		return f, fmt.Errorf("%s: the server does not say the file's SHA-256 (%s), so that what comes cannot be checked (%w)", f.URL, linkedSum, errFinal)
	}
	bytes, err := strconv.ParseInt(size, 10, 64)
	if err != nil || bytes <= 0 || bytes > 2*f.Bytes {
		return f, fmt.Errorf("%s: the server says that the file has %q bytes (%s), which is about %d (%w)", f.URL, size, linkedSize, f.Bytes, errFinal)
	}
	f.SHA256, f.Bytes = sum, bytes
	return f, nil
}

// sumOf is the SHA-256 that a response tells, or "".
func sumOf(response *http.Response) string {
	sum := strings.ToLower(strings.Trim(response.Header.Get(linkedSum), `"`))
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != 32 {
		return ""
	}
	return sum
}

// ask requests the file from byte have on.
func (f File) ask(ctx context.Context, have int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", err, errFinal)
	}
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	client := http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		return cmp.Or(f.agrees(next.Response), allowed(next, via))
	}}
	response, err := client.Do(request) // honours the proxy variables of the environment
	if err != nil {
		return nil, f.wrap(err)
	}
	if err := f.agrees(response); err != nil {
		response.Body.Close()
		return nil, err
	}
	return response, nil
}

// agrees reports, as an error, that a response of the file's own server tells
// another SHA-256.
func (f File) agrees(response *http.Response) error {
	sum := sumOf(response)
	u, err := url.Parse(f.URL)
	if err != nil || response.Request.URL.Host != u.Host || sum == "" || sum == f.SHA256 || f.Member != "" {
		return nil
	}
	return fmt.Errorf("%s: %w, of SHA-256 %s instead of %s (%w)", f.URL, errChanged, sum, f.SHA256, errFinal)
}

// allowed says whether to follow a redirect.
func allowed(next *http.Request, via []*http.Request) error {
	if via[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return fmt.Errorf("redirected from https to %s (%w)", next.URL.Scheme, errFinal)
	}
	if len(via) >= redirects {
		return fmt.Errorf("redirected %d times", redirects)
	}
	return nil
}

// refused is the error of a response that brings no file.
func (f File) refused(response *http.Response) error {
	switch status := response.StatusCode; {
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return fmt.Errorf("%s: %s", f.URL, response.Status)
	}
	return fmt.Errorf("%s: %s (%w)", f.URL, response.Status, errFinal)
}

// wrap says in err which file it is about: by its own address, for those that
// redirects lead to are long and hold keys.
func (f File) wrap(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if _, full := errors.AsType[*diskError](err); full || errors.Is(err, errChanged) {
		return err // says so
	}
	return fmt.Errorf("%s: %w", f.URL, err)
}
