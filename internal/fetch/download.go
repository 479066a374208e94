package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
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

// retry calls attempt until it succeeds, or cannot, or has failed often without
// coming further than before, which it reports. Each time it tells why it has to
// try again.
func retry(ctx context.Context, tell func(string), attempt func() (further bool, err error)) error {
	wait, failures := pause, 0
	for {
		further, err := attempt()
		if err == nil {
			return nil
		}
		if further {
			wait, failures = pause, 0
		}
		failures++
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, full := errors.AsType[*diskError](err); full || errors.Is(err, errFinal) || failures == tries {
			return err
		}
		tell(fmt.Sprintf("%v; trying again", err))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait *= 2
	}
}

// download brings part, which may exist from an earlier time, to completion. It
// keeps trying as long as it comes further. If part cannot be written, it is
// removed.
func (f File) download(ctx context.Context, part string, progress func(done, total int64), tell func(string)) error {
	file, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return &diskError{err}
	}
	defer file.Close()
	to, best := disk{file}, int64(-1)
	err = retry(ctx, tell, func() (further bool, err error) {
		reached, err := f.resume(ctx, to, progress)
		further, best = best >= 0 && reached > best, max(best, reached)
		return further, err
	})
	if err == nil {
		err = to.finish()
	}
	if _, full := errors.AsType[*diskError](err); full || err != nil && best <= 0 {
		file.Close()
		os.Remove(part) // which holds nothing, or must not
	}
	return err
}

// resume asks once for what the file on disk lacks and appends what comes. It
// returns how many bytes are there in the end; without an error that is all.
func (f File) resume(ctx context.Context, to disk, progress func(done, total int64)) (reached int64, err error) {
	have, err := to.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, &diskError{err}
	}
	if f.Member == "" && have >= f.Bytes {
		return have, nil // complete, or too long: the checksum will tell
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dead := time.AfterFunc(stall, func() { cancel(fmt.Errorf("%s: nothing has come for %v", f.URL, stall)) })
	defer dead.Stop()

	response, err := f.ask(ctx, have)
	if err != nil {
		return have, because(ctx, err)
	}
	defer response.Body.Close()
	total, err := f.begin(response, to, &have)
	if err != nil {
		return have, err
	}
	body := &meter{from: io.LimitReader(response.Body, limit(total)-have), moved: func(n int64) {
		dead.Reset(stall)
		progress(have+n, total)
	}}
	progress(have, total)
	n, err := io.Copy(to, body)
	switch {
	case err != nil:
		return have + n, because(ctx, f.wrap(err))
	case total >= 0 && have+n < total:
		return have + n, fmt.Errorf("%s: the connection ended after %d of %d bytes", f.URL, have+n, total)
	}
	return have + n, nil
}

// begin looks at the head of a response, empties the file if the response is not
// the rest that was asked for, and returns how many bytes there will be, or -1.
func (f File) begin(response *http.Response, to disk, have *int64) (total int64, err error) {
	total = response.ContentLength
	switch status := response.StatusCode; {
	case status == http.StatusPartialContent && startsAt(response, *have):
		if total >= 0 {
			total += *have
		}
	case status == http.StatusOK, status == http.StatusPartialContent, status == http.StatusRequestedRangeNotSatisfiable:
		if *have > 0 {
			if err := to.empty(); err != nil {
				return 0, err
			}
			*have = 0
		}
		if status != http.StatusOK {
			return 0, fmt.Errorf("%s: the server did not go on at the byte asked for", f.URL)
		}
	default:
		return 0, f.refused(response)
	}
	if f.Member == "" {
		total = f.Bytes // whatever the server says
	}
	if total > maxArchive && f.Member != "" {
		return 0, fmt.Errorf("%s: an archive of %d bytes (%w)", f.URL, total, errFinal)
	}
	return total, nil
}

func startsAt(response *http.Response, have int64) bool {
	return have > 0 && strings.HasPrefix(response.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have))
}

// because prefers the reason for which ctx was cancelled to the error that came
// of it.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// limit is how many bytes to take of a file that should have total: what is
// pinned needs no more, and no server may fill the disk.
func limit(total int64) int64 {
	if total < 0 {
		return maxArchive
	}
	return total
}

// meter tells how much has been read through it.
type meter struct {
	from  io.Reader
	read  int64
	moved func(read int64)
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if m.read += int64(n); n > 0 {
		m.moved(m.read)
	}
	return n, err
}
