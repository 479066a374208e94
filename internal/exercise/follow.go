package exercise

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"
)

// lookEvery is how often the files of the exercises are looked at.
const lookEvery = 200 * time.Millisecond

// Follow yields how the exercises stand, and again those of a chapter when its file of
// them was saved. A run that a save has outdated is ended.
func Follow(ctx context.Context, root string, all []Exercise) iter.Seq2[[]Result, error] {
	return func(yield func([]Result, error) bool) {
		seen := map[string]string{}
		for {
			now := map[string]string{}
			var changed []Exercise
			for _, e := range all {
				if now[e.Chapter] = saved(root, e.Chapter); now[e.Chapter] != seen[e.Chapter] {
					changed = append(changed, e)
				}
			}
			if len(changed) > 0 {
				results, err := statusUnlessSaved(ctx, root, changed, now)
				if !errors.Is(err, context.Canceled) {
					seen = now
					if !yield(results, err) {
						return
					}
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(lookEvery):
			}
		}
	}
}

// statusUnlessSaved is [Status], cancelled when a file is no more as it was.
func statusUnlessSaved(ctx context.Context, root string, all []Exercise, was map[string]string) ([]Result, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(lookEvery):
			}
			for _, e := range all {
				if saved(root, e.Chapter) != was[e.Chapter] {
					stop()
				}
			}
		}
	}()
	return Status(ctx, root, all)
}

// saved tells one state of a chapter's file from another.
func saved(root, chapter string) string {
	info, err := os.Stat(filepath.Join(root, chapter, StubFile))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}
