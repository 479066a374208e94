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
	// Wednesday, the twenty-eighth of April 2088
	//   二〇八八年四月二十八日星期三
	// two minutes to eight in the morning
	//   上午七点五十八分
	// 四十八张床九元
	//   forty-eight beds cost nine yuan
	// fifty-six bowls of rice at seven hundred and fifteen yuan each
	//   五十六碗米饭，每碗七百一十五元
	// 他上个星期在车站找到了一张票。
	//   He found one ticket at the station last week.
	// 她的邻居上个星期在家借了三十一把椅子。
	//   Her neighbour borrowed thirty-one chairs at home last week.
}

// A thousand, a million; 万, 亿.
func ExampleChinese() {
	for _, n := range []int64{10, 110, 1010, 20000, 100010, 12300005, 10000000005, 1e12} {
		fmt.Printf("%-15d%-16s%s\n", n, grammar.Chinese(n), grammar.English(n))
	}
	// Output:
	// 10             十               ten
	// 110            一百一十            one hundred and ten
	// 1010           一千零一十           one thousand and ten
	// 20000          二万              twenty thousand
	// 100010         十万零一十           one hundred thousand and ten
	// 12300005       一千二百三十万零五       twelve million three hundred thousand and five
	// 10000000005    一百亿零五           ten billion and five
	// 1000000000000  一万亿             one trillion
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
	// 238 " Is", 325 " my", 481 " cat", 65 " on", 14 " the", 408 " table", 45 "?", of 526
	// [80 38 311 25 246 96 28 94 46 2] 我的猫在桌子上吗？
}
