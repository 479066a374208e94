package wordpiece_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/llm-from-scratch/llm/branches/wordpiece"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

func ExampleNormalizer_Normalize() {
	for _, text := range []string{"Crème Brûlée", "NEWTON\u00adS\tOpticks", "光のA"} {
		fmt.Printf("%q\n", wordpiece.Uncased.Normalize(text))
	}
	// Output:
	// "creme brulee"
	// "newtons opticks"
	// " 光 のa"
}

func ExampleWords() {
	fmt.Printf("%q\n", wordpiece.Words("don't  mix 50% red+blue."))
	// Output:
	// ["don" "'" "t" "mix" "50" "%" "red" "+" "blue" "."]
}

// pieces are a vocabulary to play with.
var pieces = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] the light un ##aff ##able ##ly ref ##ra ##ct ##ed ##s ?")

func ExampleTokenizer_Word() {
	t := wordpiece.New(pieces, wordpiece.Uncased)
	for _, word := range []string{"light", "lights", "unaffable", "refracted", "lightning"} {
		fmt.Print(word, ":")
		for _, id := range t.Word(nil, word) {
			fmt.Print(" ", t.Piece(id))
		}
		fmt.Println()
	}
	// Output:
	// light: light
	// lights: light ##s
	// unaffable: un ##aff ##able
	// refracted: ref ##ra ##ct ##ed
	// lightning: [UNK]
}

func ExampleTokenizer_Pair() {
	t := wordpiece.New(pieces, wordpiece.Uncased)
	x := t.Pair("Refracted light?", "The [MASK]", 512)
	for i, id := range x.IDs {
		fmt.Printf("%d  %s\n", x.Types[i], t.Piece(id))
	}
	fmt.Println(len(t.Pair("Refracted light?", "The [MASK]", 8).IDs), "ids, if no more are allowed")
	// Output:
	// 0  [CLS]
	// 0  ref
	// 0  ##ra
	// 0  ##ct
	// 0  ##ed
	// 0  light
	// 0  ?
	// 0  [SEP]
	// 1  the
	// 1  [MASK]
	// 1  [SEP]
	// 8 ids, if no more are allowed
}

func ExampleLearn() {
	t, err := wordpiece.Learn("The light of lights, the lightest.", wordpiece.Uncased, 30)
	if err != nil {
		panic(err)
	}
	var learned []string
	for id := 5; id < t.Vocab(); id++ { // after the special ones
		learned = append(learned, t.Piece(id))
	}
	fmt.Printf("%q\n%q\n", learned, t.Decode(t.Encode("THE TEST, light!")))
	// Output:
	// ["##e" "##f" "##g" "##h" "##i" "##s" "##t" "," "." "l" "o" "t" "##gh" "##ght" "##ight" "light" "##he" "the"]
	// "the test, light [UNK]"
}

func ExampleMasking_Apply() {
	t := wordpiece.New(pieces, wordpiece.Uncased)
	m := wordpiece.Masking{Tokenizer: t, Share: 0.3}
	ids := t.Single("The refracted light the lights?", 20).IDs
	targets := make([]int, len(ids))
	m.Apply(ids, targets, rand.New(rand.NewPCG(1, 2)))
	for i, id := range ids {
		fmt.Print(t.Piece(id))
		if targets[i] != pretrain.Ignore {
			fmt.Print("  where the text has ", t.Piece(targets[i]))
		}
		fmt.Println()
	}
	// Output:
	// [CLS]
	// the
	// ref
	// [MASK]  where the text has ##ra
	// ##ct  where the text has ##ct
	// [MASK]  where the text has ##ed
	// light
	// the
	// light
	// ##s
	// ?
	// [SEP]
}
