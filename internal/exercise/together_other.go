//go:build !unix

package exercise

import (
	"os/exec"
	"runtime"
	"strconv"
)

// together ends what the command started with it when it is cancelled, where the
// system has a way to: Windows ends a tree of processes by its root.
func together(cmd *exec.Cmd) (end func()) {
	cmd.Cancel = func() error {
		if runtime.GOOS == "windows" {
			_ = exec.Command("taskkill", "/t", "/f", "/pid", strconv.Itoa(cmd.Process.Pid)).Run()
		}
		return cmd.Process.Kill()
	}
	return func() {}
}
