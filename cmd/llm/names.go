package main

import (
	"fmt"
	"os"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// located returns where on disk what the user named is: the file or directory of
// that path, or else the download of that name. An error says which command gets
// what has not been downloaded. What is neither is returned as it is, for whoever
// opens it to say what it should have been.
func located(name string) (path string, err error) {
	if _, err := os.Stat(name); err == nil || name == "" {
		return name, nil
	}
	if _, known := fetch.Named(name); !known {
		return name, nil
	}
	path, ok := fetch.Find(name)
	if !ok {
		return "", fmt.Errorf("%s has not been downloaded; %s data get %s gets it", name, program(), name)
	}
	return path, nil
}
