// Command campaign breaks off training runs at random, for about ten minutes, and
// requires that none is lost: runs of each kind, whose disk fails, fills up or loses
// its power, and which are killed or get a second Ctrl-C while they save. Each is
// gone on with and must end with the bytes of a run that nothing happened to.
//
//	go run ./internal/campaign [TRIALS]
//	go run ./internal/campaign all
//
// With all, it goes instead through each operation and each end of a write, one by one.
// The machinery is that of cmd/llm's tests, which try a few places each time.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	trials := "500"
	if len(os.Args) > 1 {
		trials = os.Args[1]
	}
	cmd := exec.Command("go", "test", "./cmd/llm", "-run", "^TestCampaign$", "-count", "1", "-timeout", "60m", "-v")
	cmd.Env = append(os.Environ(), "LLM_CAMPAIGN="+trials)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
}
