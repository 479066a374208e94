package main

import (
	"os"
	"os/signal"
)

// listen has the signals that end a program sent to stop.
func listen(stop chan<- os.Signal) { signal.Notify(stop, os.Interrupt) }
