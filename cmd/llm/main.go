// Command llm trains, samples and fine-tunes the models of the book:
//
//	go run ./cmd/llm -h
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second / 2) // some programs that run others pass one Ctrl-C on twice
		stop()                      // from now on it ends the program at once
	})
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
