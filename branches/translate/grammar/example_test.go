package grammar_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

// Two pairs of each kind.
func ExampleGenerator_Pairs() {
	rng := rand.New(rand.NewPCG(3, 0))
	for _, kind := range []string{grammar.Number, grammar.Time, grammar.Price, grammar.Sentence} {
		for _, p := range (grammar.Generator{Kinds: []string{kind}}).Pairs(2, rng) {
			fmt.Printf("%s\n  %s\n", p.Source, p.Target)
		}
	}
	// Output:
	// six hundred and seventy-six million eight hundred and forty-six thousand two hundred and eighteen
	//   六亿七千六百八十四万六千二百一十八
	// 九百二十三
	//   nine hundred and twenty-three
	// eleven o'clock
	//   十一点
	// 一九七五年十二月二十三日星期二上午十点五十五分
	//   five minutes to eleven in the morning on Tuesday, the twenty-third of December 1975
	// one bird costs six thousand three hundred and seventy-three yuan
	//   一只鸟六千三百七十三元
	// How much do eighteen sheep cost?
	//   十八只羊多少钱？
	// Our shirt is under the bed.
	//   我们的衬衫在床下面。
	// 他的书在哪里？
	//   Where is his book?
}

// A thousand, a million; 万, 亿.
func ExampleChinese() {
	for _, n := range []int64{10, 110, 1010, 20000, 100010, 12300005, 10000000005, 1e12} {
		fmt.Printf("%d  %s\n  %s\n", n, grammar.Chinese(n), grammar.English(n))
	}
	// Output:
	// 10  十
	//   ten
	// 110  一百一十
	//   one hundred and ten
	// 1010  一千零一十
	//   one thousand and ten
	// 20000  二万
	//   twenty thousand
	// 100010  十万零一十
	//   one hundred thousand and ten
	// 12300005  一千二百三十万零五
	//   twelve million three hundred thousand and five
	// 10000000005  一百亿零五
	//   ten billion and five
	// 1000000000000  一万亿
	//   one trillion
}

func ExampleVocabulary() {
	pairs := grammar.Generator{}.Pairs(20000, rand.New(rand.NewPCG(1, 0)))
	v := grammar.NewVocabulary(pairs, 1000)
	ids := v.Encode("Is my cat on the table?")
	for _, id := range ids {
		fmt.Printf("%d %q, ", id, v.Pieces()[id])
	}
	fmt.Printf("of %d\n", v.Size())
	ids = append(v.Encode("我的猫在桌子上吗？"), grammar.End)
	fmt.Println(ids, v.Decode(ids))
	// Output:
	// 201 " Is", 363 " my", 376 " cat", 47 " on", 11 " the", 343 " table", 35 "?", of 514
	// [78 63 236 26 233 104 25 70 36 2] 我的猫在桌子上吗？
}
