//go:build unix

package exercise

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// together makes the command and whatever it starts one group, which ends when
// the command is cancelled; end ends what is left of it when the command has. What
// has left the group is known by a mark in its environment, where there is /proc.
func together(cmd *exec.Cmd) (end func()) {
	mark := fmt.Sprintf("LLMBOOK_ATTEMPT=%016x", rand.Uint64())
	cmd.Env = append(cmd.Environ(), mark)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	kill := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel = kill
	return func() {
		if cmd.Process != nil {
			_ = kill()
		}
		all, _ := filepath.Glob("/proc/[0-9]*/environ")
		for _, path := range all {
			environ, _ := os.ReadFile(path)
			if process, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && bytes.Contains(environ, []byte(mark+"\x00")) {
				_ = syscall.Kill(process, syscall.SIGKILL)
			}
		}
	}
}
