// Command llm trains, samples and fine-tunes the models of the book:
//
//	go run ./cmd/llm -h
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/llm-from-scratch/llm/internal/training"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stop := make(chan os.Signal, 8)
	listen(stop)
	go interruptible(stop, cancel)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// interruptible lets the first signal cancel what the program does, and the next
// end it at once: but for a run that is being saved, which takes one more.
func interruptible(stop <-chan os.Signal, cancel func()) {
	<-stop
	cancel()
	last := time.Now()
	for told := false; ; {
		<-stop
		if time.Since(last) < time.Second/2 { // some programs that run others pass one Ctrl-C on twice
			continue
		}
		if !training.UnderWay.Load() || told {
			os.Exit(statusInterrupted)
		}
		told, last = true, time.Now()
		fmt.Fprintln(os.Stderr, "llm: the run ends its step and is being saved; wait for it, or end it at once by Ctrl-C once more: what was saved before is kept")
	}
}
