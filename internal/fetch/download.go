package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	tries      = 6                // in a row that come no further
	maxArchive = int64(256 << 20) // bytes of a zip archive, whose size is not pinned
)

// Tests are less patient.
var (
	pause = time.Second // after the first failure, doubled after each further one
	stall = time.Minute // without a byte: the connection counts as dead
)

// errFinal marks what trying again would not change.
var errFinal = errors.New("giving up")

// download completes part, which may exist from an earlier time. It tries as long as
// it comes further, and tells each time why. If part cannot be written, it is removed.
func (f File) download(ctx context.Context, part string, progress func(done int64), tell func(string)) error {
	file, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	best := int64(-1)
	for wait, failures := pause, 0; ; wait *= 2 {
		reached, err := f.resume(ctx, file, progress)
		if err == nil {
			err = cmp.Or(file.Sync(), file.Close()) // no file gets its name before its bytes
		}
		if best >= 0 && reached > best {
			wait, failures = pause, 0
		}
		failures, best = failures+1, max(best, reached)
		_, disk := errors.AsType[*fs.PathError](err)
		if err == nil || disk || ctx.Err() != nil || failures == tries || errors.Is(err, errFinal) {
			if full(err) || err != nil && best <= 0 {
				file.Close()
				os.Remove(part) // which holds nothing, or must not
			}
			return err
		}
		tell(fmt.Sprintf("%v; trying again", err))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// resume asks once for what the file on disk lacks and appends what comes. It
// returns how many bytes are there in the end; without an error that is all.
func (f File) resume(ctx context.Context, to *os.File, progress func(done int64)) (have int64, err error) {
	have, err = to.Seek(0, io.SeekEnd)
	if err != nil || f.Member == "" && have >= f.Bytes {
		return have, err // complete, or too long: the checksum will tell
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dead := time.AfterFunc(stall, func() { cancel(fmt.Errorf("%s: nothing has come for %v", f.URL, stall)) })
	defer dead.Stop()
	body, have, err := f.ask(ctx, to, have)
	if err != nil {
		return have, cmp.Or(context.Cause(ctx), f.wrap(err))
	}
	defer body.Close()
	progress(have)
	most := f.Bytes // more is not needed, and no server may fill the disk
	if f.Member != "" {
		most = maxArchive
	}
	_, err = io.Copy(io.MultiWriter(to, each(func(n int) error {
		dead.Reset(stall)
		have += int64(n)
		progress(have)
		return nil
	})), io.LimitReader(body, most-have))
	if err == nil && have < most && f.Member == "" {
		err = fmt.Errorf("the connection ended after %d of %d bytes", have, f.Bytes)
	}
	if err != nil {
		err = cmp.Or(context.Cause(ctx), f.wrap(err))
	}
	return have, err
}

// ask requests the file from byte have on, through the environment's proxy. If what
// comes is not the rest, the file is emptied, and the response begins at byte 0.
func (f File) ask(ctx context.Context, to *os.File, have int64) (body io.ReadCloser, from int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL, nil)
	if err != nil {
		return nil, have, err
	}
	request.Header.Set("Accept-Encoding", "identity")
	rest := fmt.Sprintf("bytes %d-", have)
	if have > 0 {
		request.Header.Set("Range", strings.Replace(rest, " ", "=", 1))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, have, err
	}
	switch status := response.StatusCode; {
	case status == http.StatusPartialContent && have > 0 && strings.HasPrefix(response.Header.Get("Content-Range"), rest):
		return response.Body, have, nil
	case status == http.StatusOK, status == http.StatusPartialContent, status == http.StatusRequestedRangeNotSatisfiable:
		if have > 0 {
			_, err = to.Seek(0, io.SeekStart)
			have, err = 0, cmp.Or(err, to.Truncate(0))
		}
		if err == nil && status == http.StatusOK {
			return response.Body, have, nil
		}
		err = cmp.Or(err, errors.New("the server did not go on at the byte asked for"))
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		err = errors.New(response.Status)
	default:
		err = fmt.Errorf("%s (%w)", response.Status, errFinal)
	}
	response.Body.Close()
	return nil, have, err
}

// wrap says in err which file it is about: by its own address, for those that
// redirects lead to are long and hold keys.
func (f File) wrap(err error) error {
	if full(err) {
		return err // says so
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("%s: %w", f.URL, err)
}
