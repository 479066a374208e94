package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// vocabularyOf is what describes -model here.
const vocabularyOf = "a model whose vocabulary to use in place of GPT-2's"

// piece is one token of a text.
type piece struct {
	ID    int    `json:"id"`
	Text  string `json:"text"`
	Bytes []byte `json:"bytes"` // in base64
}

// encoding are the options of llm tokens encode.
type encoding struct {
	model              string
	asJSON, ids, plain bool
}

func encodeCommand() *cobra.Command {
	var o encoding
	cmd := command("tokens", "encode [TEXT...]", cobra.ArbitraryArgs, func(cmd *cobra.Command, args []string) error {
		t, err := vocabulary(o.model)
		if err != nil {
			return err
		}
		text := plaintext.NewReader("the text", strings.NewReader(strings.Join(args, " ")))
		if len(args) == 0 {
			text = input(cmd.Context(), cmd.InOrStdin())
		}
		return o.encode(cmd.Context(), cmd.OutOrStdout(), t, text)
	})
	modelFlag(cmd, &o.model, "", vocabularyOf)
	jsonFlag(cmd, &o.asJSON)
	cmd.Flags().BoolVar(&o.ids, "ids", false, "print the ids only, in one line")
	plainFlag(cmd, &o.plain)
	return cmd
}

// encode prints the tokens of text, a part of it at a time if the tokenizer is chapter 1's.
func (o encoding) encode(ctx context.Context, w io.Writer, t pretrain.Tokenizer, text io.Reader) error {
	out := bufio.NewWriter(w)
	defer out.Flush()
	before, between := "", ""
	switch {
	case o.asJSON:
		before, between = "[\n", ","
	case o.ids:
		between = " "
	}
	n, size := 0, 0
	parts := corpus.Parts(text, !o.plain)
	if _, ok := t.(*tokens.BPE); !ok {
		parts = joined(parts)
	}
	for part, err := range parts {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		size += len(part)
		for _, id := range encodeText(t, part, o.plain) {
			fmt.Fprint(out, before)
			before = between
			o.print(out, id, t.Bytes(id))
			n++
		}
	}
	switch {
	case o.asJSON && n == 0:
		fmt.Fprintln(out, "[]")
	case o.asJSON:
		fmt.Fprintln(out, "]")
	case o.ids:
		fmt.Fprintln(out)
	default:
		fmt.Fprintf(out, "%d tokens, %d bytes\n", n, size)
	}
	return nil
}

// joined is a text in one part, for tokenizers that cut it at other places and may begin
// it with a token.
func joined(parts iter.Seq2[string, error]) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var whole strings.Builder
		for part, err := range parts {
			if err != nil {
				yield("", err)
				return
			}
			whole.WriteString(part)
		}
		yield(whole.String(), nil)
	}
}

// print prints one token.
func (o encoding) print(out io.Writer, id int, bytes []byte) {
	switch {
	case o.asJSON:
		printJSON(out, piece{id, string(bytes), bytes}, "")
	case o.ids:
		fmt.Fprint(out, id)
	default:
		fmt.Fprintf(out, "%6d  %q\n", id, bytes)
	}
}

// encodeText is Encode, or EncodeSpecial if text is not plain.
func encodeText(t pretrain.Tokenizer, text string, plain bool) []int {
	if plain {
		return t.Encode(text)
	}
	return t.EncodeSpecial(text)
}

func plainFlag(cmd *cobra.Command, plain *bool) {
	cmd.Flags().BoolVar(plain, "plain-endoftext", false, "take <|endoftext|> in the text for thirteen characters, not for the special token between documents")
}

type decoded struct {
	Text  string `json:"text"`
	Bytes []byte `json:"bytes"`
}

func decodeCommand() *cobra.Command {
	var model string
	var asJSON bool
	cmd := command("tokens", "decode ID...", cobra.ArbitraryArgs, func(cmd *cobra.Command, args []string) error {
		t, err := vocabulary(model)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			text, err := readAll(cmd, 1<<30)
			if err != nil {
				return err
			}
			args = strings.Fields(text)
		}
		ids, err := parseIDs(args, t.Vocab())
		if err != nil {
			return err
		}
		text := t.Decode(ids)
		if asJSON {
			return printJSON(cmd.OutOrStdout(), decoded{text, []byte(text)}, "  ")
		}
		fmt.Fprintln(cmd.OutOrStdout(), text)
		return nil
	})
	modelFlag(cmd, &model, "", vocabularyOf)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// parseIDs reads ids of a vocabulary of V.
func parseIDs(args []string, V int) ([]int, error) {
	var ids []int
	for _, arg := range args {
		id, err := strconv.Atoi(strings.Trim(arg, ",[]\r\n\ufeff"))
		if errors.Is(err, strconv.ErrSyntax) {
			return nil, usagef("%q is not an id; ids are whole numbers", arg)
		}
		if err != nil || id < 0 || id >= V {
			return nil, fmt.Errorf("the id %s is outside the vocabulary, whose ids are 0 to %d", arg, V-1)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// vocabulary reads the tokenizer of the model at path, or GPT-2's if that is empty.
func vocabulary(path string) (pretrain.Tokenizer, error) {
	if path == "" {
		ranks, err := assets.Assets.Open("r50k_base.tiktoken") // OpenAI's name for it
		if err != nil {
			return nil, err
		}
		defer ranks.Close()
		return tokens.ReadRanks(ranks)
	}
	t, err := talk.OpenTokenizer(path)
	return t, orTrain(err, "pretrain")
}
