//go:build darwin || freebsd || linux

package fetch

import "golang.org/x/sys/unix"

// room is how many bytes the disk of dir has left for us, if it says.
func room(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil || s.Blocks == 0 {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
