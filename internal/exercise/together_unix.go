//go:build unix

package exercise

import (
	"os/exec"
	"syscall"
)

// together makes the command and whatever it starts one group, which ends when
// the command is cancelled; end ends what is left of it when the command has.
func together(cmd *exec.Cmd) (end func()) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	kill := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel = kill
	return func() {
		if cmd.Process != nil {
			_ = kill()
		}
	}
}
