//go:build !js

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// listen has the signals that end a program sent to stop.
func listen(stop chan<- os.Signal) {
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(stop, syscall.SIGHUP)
	}
	// What cannot be written any more is an error, not the end: a run saves itself.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
