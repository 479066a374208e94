package tokens_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/pkoukk/tiktoken-go-loader/assets"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

func ExampleSplitWords() {
	for _, word := range tokens.SplitWords("Hello, world. Is this-- a test?") {
		fmt.Printf("%q ", word)
	}
	// Output: "Hello" "," "world" "." "Is" "this" "--" "a" "test" "?"
}

func ExampleWords() {
	words := tokens.NewWords("the cat sat on the mat. the dog sat.")
	for id := range words.Vocab() {
		fmt.Printf("%d %s\n", id, words.Decode([]int{id}))
	}
	fmt.Println(words.Encode("the dog sat on the cat."))
	// Output:
	// 0 .
	// 1 cat
	// 2 dog
	// 3 mat
	// 4 on
	// 5 sat
	// 6 the
	// 7 <|endoftext|>
	// 8 <|unk|>
	// [6 2 5 4 6 1 0]
}

func ExampleWords_unknown() {
	words := tokens.NewWords("the cat sat on the mat. the dog sat.")
	ids := words.Encode("the  bird sat on the\ncat's mat.")
	fmt.Println(ids)
	fmt.Println(words.Decode(ids))
	// Output:
	// [6 8 5 4 6 1 8 8 3 0]
	// the <|unk|> sat on the cat <|unk|> <|unk|> mat.
}

func ExampleRunes() {
	runes := tokens.NewRunes("the cat sat on the mat. the dog sat.")
	fmt.Println(runes.Vocab(), "tokens")
	ids := runes.Encode("odd hat")
	fmt.Println(ids)
	fmt.Println(runes.Decode(ids))
	fmt.Println(runes.Decode(runes.Encode("odd bat")))
	// Output:
	// 14 tokens
	// [10 4 4 0 7 2 12]
	// odd hat
	// odd �at
}

// The same three words, large language model, in two languages.
func Example_wordsCharactersBytes() {
	for _, text := range []string{"large language model", "大语言模型"} {
		words := len(tokens.SplitWords(text))
		characters := len([]rune(text))
		fmt.Printf("%s: %d by white space, %d characters, %d bytes\n", text, words, characters, len(text))
	}
	fmt.Printf("% x\n", "大")
	// Output:
	// large language model: 3 by white space, 20 characters, 20 bytes
	// 大语言模型: 1 by white space, 5 characters, 15 bytes
	// e5 a4 a7
}

func ExampleLearnMerges() {
	text := []int{'a', 'a', 'a', 'b', 'd', 'a', 'a', 'a', 'b', 'a', 'c'}
	merges := tokens.LearnMerges([][]int{slices.Clone(text)}, 256, 3)
	for _, m := range merges {
		fmt.Println(m.Token, "is", m.Left, m.Right)
	}
	fmt.Println(tokens.ApplyMerges(merges, text))
	// Output:
	// 256 is 97 97
	// 257 is 256 97
	// 258 is 257 98
	// [258 100 258 97 99]
}

func ExampleSplit() {
	for piece := range tokens.Split("It's 2 o'clock,\n  isn't it?") {
		fmt.Printf("%q ", piece)
	}
	// Output: "It" "'s" " 2" " o" "'" "clock" "," "\n " " isn" "'t" " it" "?"
}

// twister says the same few syllables again and again: good to learn from.
const twister = `Betty Botter bought some butter, but she said the butter's bitter.
If I put it in my batter, it will make my batter bitter.
But a bit of better butter will make my batter better.
`

func ExampleTrainBPE() {
	bpe, err := tokens.TrainBPE(twister, 256+20+1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for id := 256; id < bpe.EndOfText(); id++ {
		fmt.Printf("%q ", bpe.Bytes(id))
	}
	fmt.Println("are learned")
	for _, id := range bpe.Encode("a bitter butterfly") {
		fmt.Printf("%d %q\n", id, bpe.Bytes(id))
	}
	// Output:
	// " b" "tt" "tte" "tter" " m" " bu" " s" " butter" " bi" " i" " my" " ba" " batter" "he" " bitter" "ut" " it" " w" " wi" " wil" are learned
	// 97 "a"
	// 270 " bitter"
	// 263 " butter"
	// 102 "f"
	// 108 "l"
	// 121 "y"
}

func ExampleBPE_Encode() {
	bpe, err := tokens.TrainBPE(twister, 300)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"butter", "bütter", "黄油", "\xff is no text"} {
		ids := bpe.Encode(text)
		fmt.Printf("%d bytes, %d ids, the same again: %t\n", len(text), len(ids), bpe.Decode(ids) == text)
	}
	// Output:
	// 6 bytes, 3 ids, the same again: true
	// 7 bytes, 4 ids, the same again: true
	// 6 bytes, 6 ids, the same again: true
	// 12 bytes, 11 ids, the same again: true
}

func ExampleReadRanks() {
	file, err := assets.Assets.Open("r50k_base.tiktoken") // package github.com/pkoukk/tiktoken-go-loader/assets
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	gpt2, err := tokens.ReadRanks(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gpt2.Vocab(), "tokens")
	for _, id := range gpt2.Encode("The physicist's apparatus. Akwirw ier") {
		fmt.Printf("%d %q\n", id, gpt2.Bytes(id))
	}
	// Output:
	// 50257 tokens
	// 464 "The"
	// 33013 " physicist"
	// 338 "'s"
	// 21152 " apparatus"
	// 13 "."
	// 9084 " Ak"
	// 86 "w"
	// 343 "ir"
	// 86 "w"
	// 220 " "
	// 959 "ier"
}

// gpt2 is GPT-2's encoding, read as in ExampleReadRanks.
var gpt2 = sync.OnceValue(func() *tokens.BPE {
	file, err := assets.Assets.Open("r50k_base.tiktoken")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	bpe, err := tokens.ReadRanks(file)
	if err != nil {
		panic(err)
	}
	return bpe
})

func ExampleBPE_EncodeSpecial() {
	bpe := gpt2()
	text := "tea?<|endoftext|>In the"
	fmt.Println(bpe.Encode(text))
	fmt.Println(bpe.EncodeSpecial(text))
	_, err := bpe.EncodeStrict(text)
	fmt.Println(err)
	// Output:
	// [660 64 30 27 91 437 1659 5239 91 29 818 262]
	// [660 64 30 50256 818 262]
	// tokens: the text contains the special token <|endoftext|> at byte 4
}

func ExampleBPE_WriteMerges() {
	bpe, err := tokens.TrainBPE(twister, 256+6+1)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := bpe.WriteMerges(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// #version: 0.2
	// Ġ b
	// t t
	// tt e
	// tte r
	// Ġ m
	// Ġb u
}

func ExampleReadBPE() {
	var vocab, merges strings.Builder
	bpe, err := tokens.TrainBPE(twister, 300)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := bpe.WriteVocab(&vocab); err != nil {
		fmt.Println(err)
	}
	if err := bpe.WriteMerges(&merges); err != nil {
		fmt.Println(err)
	}
	again, err := tokens.ReadBPE(strings.NewReader(vocab.String()), strings.NewReader(merges.String()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bpe.Encode("better butter"))
	fmt.Println(again.Encode("better butter"))

	_, err = tokens.ReadBPE(strings.NewReader(vocab.String()), strings.NewReader("#version: 0.2\nt t\nb utter\n"))
	fmt.Println(err)
	// Output:
	// [98 101 259 263]
	// [98 101 259 263]
	// tokens: merges: line 3: "b utter": the vocabulary has no token "utter"
}

func ExampleBPE_Encode_chinese() {
	bpe := gpt2()
	for _, text := range []string{"large language model", "大语言模型"} {
		fmt.Printf("%s:", text)
		for _, id := range bpe.Encode(text) {
			fmt.Printf(" %q", bpe.Bytes(id))
		}
		fmt.Println()
	}
	// Output:
	// large language model: "large" " language" " model"
	// 大语言模型: "大" "\xe8\xaf" "\xad" "\xe8" "\xa8" "\x80" "\xe6" "\xa8" "\xa1" "\xe5" "\x9e" "\x8b"
}

func ExampleStream() {
	bpe := gpt2()
	stream := tokens.NewStream(bpe)
	for _, id := range bpe.Encode("Hi 👋!") {
		fmt.Printf("%d is %q, print %q\n", id, bpe.Bytes(id), stream.Next(id))
	}
	fmt.Printf("left over: %q\n", stream.Flush())
	// Output:
	// 17250 is "Hi", print "Hi"
	// 50169 is " \xf0\x9f\x91", print " "
	// 233 is "\x8b", print "👋"
	// 0 is "!", print "!"
	// left over: ""
}
