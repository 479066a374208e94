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
	tries      = 6                // in a row that bring no new byte
	maxArchive = int64(256 << 20) // bytes of a zip archive, whose size is not pinned
)

// Tests are less patient.
var (
	pause = time.Second // after the first failure, doubled after each further one
	stall = time.Minute // without a byte: the connection counts as dead
)

// errFinal marks what trying again would not change.
var errFinal = errors.New("giving up")

// download brings part, which may exist from an earlier time, to completion. It
// keeps trying as long as bytes arrive.
func (d Dataset) download(ctx context.Context, part string, progress func(done, total int64)) error {
	file, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	wait, failures := pause, 0
	for {
		got, err := d.resume(ctx, file, progress)
		if err == nil {
			return file.Close()
		}
		if got {
			wait, failures = pause, 0
		}
		failures++
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, errFinal) || failures == tries {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait *= 2
	}
}

// resume asks once for what file lacks and appends what comes. It reports
// whether anything came; without an error the file is complete.
func (d Dataset) resume(ctx context.Context, file *os.File, progress func(done, total int64)) (got bool, err error) {
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return false, errors.Join(errFinal, err)
	}
	if d.Member == "" && have >= d.Bytes {
		return false, nil // complete, or too long: the checksum will tell
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dead := time.AfterFunc(stall, func() { cancel(fmt.Errorf("no answer for %v", stall)) })
	defer dead.Stop()

	response, err := d.ask(ctx, have)
	if err != nil {
		return false, because(ctx, err)
	}
	defer response.Body.Close()
	total, err := d.begin(response, file, &have)
	if err != nil {
		return false, err
	}
	body := &meter{from: io.LimitReader(response.Body, limit(total)-have), moved: func(n int64) {
		dead.Reset(stall)
		progress(have+n, total)
	}}
	progress(have, total)
	n, err := io.Copy(file, body)
	switch {
	case err != nil:
		return n > 0, because(ctx, err)
	case total >= 0 && have+n < total:
		return n > 0, fmt.Errorf("%s: the connection ended after %d of %d bytes", d.URL, have+n, total)
	}
	return n > 0, nil
}

// ask requests the file from byte have on.
func (d Dataset) ask(ctx context.Context, have int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL, nil)
	if err != nil {
		return nil, errors.Join(errFinal, err)
	}
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	return http.DefaultClient.Do(request) // honours the proxy variables of the environment
}

// begin looks at the head of a response, empties the file if the response is not
// the rest that was asked for, and returns how many bytes there will be, or -1.
func (d Dataset) begin(response *http.Response, file *os.File, have *int64) (total int64, err error) {
	total = response.ContentLength
	switch status := response.StatusCode; {
	case status == http.StatusPartialContent && startsAt(response, *have):
		if total >= 0 {
			total += *have
		}
	case status == http.StatusOK, status == http.StatusPartialContent, status == http.StatusRequestedRangeNotSatisfiable:
		if err := errors.Join(file.Truncate(0), rewind(file)); err != nil {
			return 0, errors.Join(errFinal, err)
		}
		*have = 0
		if status != http.StatusOK {
			return 0, fmt.Errorf("%s: the server did not go on at the byte asked for", d.URL)
		}
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return 0, fmt.Errorf("%s: %s", d.URL, response.Status)
	default:
		return 0, fmt.Errorf("%s: %s (%w)", d.URL, response.Status, errFinal)
	}
	if d.Member == "" {
		total = d.Bytes // whatever the server says
	}
	if total > maxArchive && d.Member != "" {
		return 0, fmt.Errorf("%s: an archive of %d bytes (%w)", d.URL, total, errFinal)
	}
	return total, nil
}

func rewind(file *os.File) error {
	_, err := file.Seek(0, io.SeekStart)
	return err
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
