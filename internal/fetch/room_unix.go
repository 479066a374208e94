//go:build darwin || freebsd || linux

package fetch

import "golang.org/x/sys/unix"

// room is how many bytes the disk of dir has left for us, if it says.
func room(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	err := unix.Statfs(dir, &s)
	return int64(s.Bavail) * int64(s.Bsize), err == nil && s.Blocks > 0
}
