// Command tuning measures what it takes to fine-tune models of GPT-2's sizes on
// this machine, and writes what it saw to docs/runs/gpt2-tuning.txt:
//
//	go run ./internal/compare/tuning
//
// The weights are random: time and memory do not depend on what a model knows,
// and nobody has to download anything but the messages and instructions. Of each
// run it takes a few steps only. It needs 14 GB on disk, in runs/random, and a
// quarter of an hour.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// random is where the models are, and the runs that start from them.
const random = "runs/random"

// commands are what is measured. Entries of 1,024 tokens are in long.json.
var commands = []string{
	"classify train -published -model runs/random/gpt2 -out runs/random/sms -stop 20",
	"classify eval -model runs/random/sms",
	"instruct train -published -model runs/random/gpt2 -out runs/random/instruct-gpt2 -stop 5",
	"instruct eval -model runs/random/instruct-gpt2 -limit 1",
	"instruct train -published -model runs/random/gpt2 -data runs/random/long.json -batch 1 -accumulate 8 -out runs/random/long-gpt2 -stop 1",
	"instruct train -published -model runs/random/gpt2-medium -out runs/random/instruct-gpt2-medium -stop 5",
	"instruct eval -model runs/random/instruct-gpt2-medium -limit 1",
	"instruct train -published -model runs/random/gpt2-medium -data runs/random/long.json -batch 1 -out runs/random/long-gpt2-medium -stop 1",
}

func main() {
	log.SetFlags(0)
	work := measure
	if len(os.Args) > 1 && os.Args[1] == "prepare" {
		work = prepare
	}
	if err := work(); err != nil {
		log.Fatal(err)
	}
}

func measure() (err error) {
	if err := os.RemoveAll(random); err != nil {
		return err
	}
	defer os.RemoveAll(random)
	// In a process of its own: Linux counts the memory that a program has had
	// as that of the programs it starts.
	if out, err := exec.Command(os.Args[0], "prepare").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if out, err := exec.Command("go", "build", "-o", random+"/", "./cmd/llm").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	var record bytes.Buffer
	out := io.MultiWriter(&record, os.Stdout)
	fmt.Fprintf(out, "# go run ./internal/compare/tuning, with %s on %s/%s and %d cores; all weights are random\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	for _, command := range commands {
		fmt.Fprintf(out, "\n$ go run ./cmd/llm %s\n", command)
		cmd := exec.Command(random+"/llm", strings.Fields(command)...)
		cmd.Stdout, cmd.Stderr = out, out
		begin := time.Now()
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("llm %s: %w", command, err)
		}
		processor := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		fmt.Fprintf(out, "# in all %.0f seconds, %.0f of processor time\n", time.Since(begin).Seconds(), processor.Seconds())
	}
	return os.WriteFile("docs/runs/gpt2-tuning.txt", record.Bytes(), 0o644)
}

// prepare writes the models and the long entries.
func prepare() error {
	ranks, err := assets.Assets.Open("r50k_base.tiktoken") // OpenAI's name for GPT-2's vocabulary
	if err != nil {
		return err
	}
	defer ranks.Close()
	bpe, err := tokens.ReadRanks(ranks)
	if err != nil {
		return err
	}
	for _, name := range []string{"gpt2", "gpt2-medium"} {
		c, _ := gpt.Named(name)
		m := gpt.New(c)
		m.Init(rand.New(rand.NewPCG(1, 0)))
		if err := pretrain.SaveModel(filepath.Join(random, name), m, bpe); err != nil {
			return err
		}
	}
	entry := instruct.Entry{Instruction: "Write at length.", Output: "Light"}
	for len(instruct.Encode(bpe, entry).IDs) < gpt.GPT2Small.Context {
		entry.Output += " light"
	}
	text, err := json.Marshal(slices.Repeat([]instruct.Entry{entry}, 40))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(random, "long.json"), text, 0o644)
}
