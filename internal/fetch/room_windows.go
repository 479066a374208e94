package fetch

import "golang.org/x/sys/windows"

// room is how many bytes the disk of dir has left for us, if it says.
func room(dir string) (bytes int64, ok bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return int64(free), err == nil
}
