package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

func tokensCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "tokens",
		Short: "Turn text into token ids and back",
		Long: `Tokens shows text as a GPT reads it: as ids, each of which stands for some bytes.
Without -model the vocabulary is the one that GPT-2 was published with.`,
		Example: `llm tokens encode "Every effort moves you"
llm tokens decode 6109 3626 6100 345
llm tokens encode -model runs/newton "The Rays of Light"`,
	}, encodeCommand(), decodeCommand())
}

// piece is one token of a text.
type piece struct {
	ID    int    `json:"id"`
	Text  string `json:"text"`
	Bytes []byte `json:"bytes"` // in base64
}

// encoding are the options of llm tokens encode.
type encoding struct {
	asJSON, ids, plain bool
}

func encodeCommand() *cobra.Command {
	var dir string
	var o encoding
	cmd := &cobra.Command{
		Use:   "encode [TEXT...]",
		Short: "Show the ids of a text",
		Long: `Encode prints the tokens of a text, from the command line or the standard input,
which may be of any size as long as no word in it has more than 4 MB.

The text is read as one to train on: line ends of Windows are line ends like others,
and <|endoftext|> is the special token, unless -plain-endoftext is given.

With -json it prints a list of objects. A token need not be whole characters: its exact
bytes are in "bytes", in base64, and in "text" as far as they are text.`,
		Example: `llm tokens encode "Every effort moves you"
llm tokens encode -ids "Every effort moves you"     only the numbers, to decode
llm tokens encode -json < mybook.txt                for another program
llm tokens encode -model runs/newton "Rays"         with a vocabulary of your own`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			bpe, err := vocabulary(dir)
			if err != nil {
				return err
			}
			text := plaintext.NewReader("the text", strings.NewReader(strings.Join(args, " ")))
			if len(args) == 0 {
				text = plaintext.NewReader("standard input", until(cmd.Context(), cmd.InOrStdin()))
			}
			return o.encode(cmd.OutOrStdout(), bpe, text)
		},
	}
	modelFlag(cmd, &dir)
	jsonFlag(cmd, &o.asJSON)
	cmd.Flags().BoolVar(&o.ids, "ids", false, "print the ids only, in one line")
	plainFlag(cmd, &o.plain)
	return cmd
}

// encode prints the tokens of text, a part of it at a time.
func (o encoding) encode(w io.Writer, bpe *tokens.BPE, text io.Reader) error {
	out := bufio.NewWriter(w)
	n, size := 0, 0
	for part, err := range corpus.Parts(text, !o.plain) {
		if err != nil {
			return errors.Join(out.Flush(), err)
		}
		size += len(part)
		for _, id := range encodeText(bpe, part, o.plain) {
			if err := o.print(out, n, piece{id, string(bpe.Bytes(id)), bpe.Bytes(id)}); err != nil {
				return err
			}
			n++
		}
	}
	switch {
	case o.asJSON && n == 0:
		out.WriteString("[]\n")
	case o.asJSON:
		out.WriteString("]\n")
	case o.ids:
		out.WriteString("\n")
	default:
		fmt.Fprintf(out, "%d tokens, %d bytes\n", n, size)
	}
	return out.Flush()
}

// print writes the n-th token.
func (o encoding) print(out io.Writer, n int, p piece) (err error) {
	between := ""
	switch {
	case o.asJSON:
		if between = ","; n == 0 {
			between = "[\n"
		}
		if _, err = io.WriteString(out, between); err == nil {
			err = writeLine(out, p)
		}
	case o.ids:
		if n > 0 {
			between = " "
		}
		_, err = fmt.Fprintf(out, "%s%d", between, p.ID)
	default:
		_, err = fmt.Fprintf(out, "%6d  %q\n", p.ID, p.Text)
	}
	return err
}

// encodeText is Encode, or EncodeSpecial if text is not plain.
func encodeText(bpe *tokens.BPE, text string, plain bool) []int {
	if plain {
		return bpe.Encode(text)
	}
	return bpe.EncodeSpecial(text)
}

func plainFlag(cmd *cobra.Command, plain *bool) {
	cmd.Flags().BoolVar(plain, "plain-endoftext", false, "take <|endoftext|> in the text for thirteen characters, not for the special token between documents")
}

type decoded struct {
	Text  string `json:"text"`
	Bytes []byte `json:"bytes"`
}

func decodeCommand() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "decode ID...",
		Short: "Show the text of ids",
		Long: `Decode prints the text that ids stand for, from the command line or the standard input.
With -json its exact bytes are in "bytes", in base64: ids need not end with a character.`,
		Example: `llm tokens decode 6109 3626 6100 345
llm tokens encode -ids "Every effort" | llm tokens decode`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			bpe, err := vocabulary(dir)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				text, err := readAll(cmd.Context(), cmd.InOrStdin(), 1<<30)
				if err != nil {
					return err
				}
				args = strings.Fields(text)
			}
			ids, err := parseIDs(args, bpe.Vocab())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), decoded{bpe.Decode(ids), []byte(bpe.Decode(ids))})
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), bpe.Decode(ids))
			return err
		},
	}
	modelFlag(cmd, &dir)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// parseIDs reads ids of a vocabulary of V.
func parseIDs(args []string, V int) ([]int, error) {
	var ids []int
	for _, arg := range args {
		id, err := strconv.Atoi(strings.Trim(arg, ",[]"))
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, usagef("%q is not an id; ids are whole numbers", arg)
		}
		if err != nil || id < 0 || id >= V {
			return nil, fmt.Errorf("the id %s is outside the vocabulary, whose ids are 0 to %d", arg, V-1)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func modelFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "model", "", "`directory` of a model whose vocabulary to use, or its name among the downloads (default GPT-2's)")
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON, for another program")
}

// vocabulary reads the tokenizer in dir, or GPT-2's if dir is empty.
func vocabulary(dir string) (*tokens.BPE, error) {
	if dir == "" {
		ranks, err := assets.Assets.Open("r50k_base.tiktoken") // OpenAI's name for it
		if err != nil {
			return nil, err
		}
		defer ranks.Close()
		return tokens.ReadRanks(ranks)
	}
	bpe, err := pretrain.LoadTokenizer(dir)
	return bpe, orTrain(err, "pretrain")
}

// writeJSON writes v as JSON that people can read too.
func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table returns a writer that aligns columns set apart by tabs.
func table(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
}
