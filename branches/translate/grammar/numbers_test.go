package grammar_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

// Written by hand, with the rules of Chinese numerals in mind: 零 once for any number of
// zeros inside, none at the end of a group of four, 一十 but at the start.
var byHand = []struct {
	n                int64
	english, chinese string
}{
	{0, "zero", "零"},
	{2, "two", "二"},
	{10, "ten", "十"},
	{12, "twelve", "十二"},
	{20, "twenty", "二十"},
	{99, "ninety-nine", "九十九"},
	{100, "one hundred", "一百"},
	{101, "one hundred and one", "一百零一"},
	{110, "one hundred and ten", "一百一十"},
	{115, "one hundred and fifteen", "一百一十五"},
	{202, "two hundred and two", "二百零二"},
	{1000, "one thousand", "一千"},
	{1001, "one thousand and one", "一千零一"},
	{1010, "one thousand and ten", "一千零一十"},
	{1100, "one thousand one hundred", "一千一百"},
	{2222, "two thousand two hundred and twenty-two", "二千二百二十二"},
	{10_000, "ten thousand", "一万"},
	{10_010, "ten thousand and ten", "一万零一十"},
	{11_000, "eleven thousand", "一万一千"},
	{20_000, "twenty thousand", "二万"},
	{20_300, "twenty thousand three hundred", "二万零三百"},
	{100_000, "one hundred thousand", "十万"},
	{100_010, "one hundred thousand and ten", "十万零一十"},
	{105_000, "one hundred and five thousand", "十万五千"},
	{120_000, "one hundred and twenty thousand", "十二万"},
	{1_000_000, "one million", "一百万"},
	{12_300_005, "twelve million three hundred thousand and five", "一千二百三十万零五"},
	{12_305_000, "twelve million three hundred and five thousand", "一千二百三十万五千"},
	{100_000_000, "one hundred million", "一亿"},
	{100_100_000, "one hundred million one hundred thousand", "一亿零一十万"},
	{100_001_000, "one hundred million one thousand", "一亿零一千"},
	{110_000_000, "one hundred and ten million", "一亿一千万"},
	{1_000_000_000, "one billion", "十亿"},
	{1_000_000_010, "one billion and ten", "十亿零一十"},
	{2_222_222_222, "two billion two hundred and twenty-two million two hundred and twenty-two thousand two hundred and twenty-two", "二十二亿二千二百二十二万二千二百二十二"},
	{10_000_000_005, "ten billion and five", "一百亿零五"},
	{100_020_003_000, "one hundred billion twenty million three thousand", "一千亿二千万三千"},
	{999_999_999_999, "nine hundred and ninety-nine billion nine hundred and ninety-nine million nine hundred and ninety-nine thousand nine hundred and ninety-nine", "九千九百九十九亿九千九百九十九万九千九百九十九"},
	{1_000_000_000_000, "one trillion", "一万亿"},
	{1_000_500_000_000, "one trillion five hundred million", "一万零五亿"},
	{120_000_000_000_000, "one hundred and twenty trillion", "一百二十万亿"},
}

func TestNumbersByHand(t *testing.T) {
	for _, c := range byHand {
		assert.Equal(t, c.english, grammar.English(c.n), c.n)
		assert.Equal(t, c.chinese, grammar.Chinese(c.n), c.n)
	}
}

// Read by someone else's rules, every number is itself again, and no two are written alike.
func TestNumbersReadBack(t *testing.T) {
	check := func(n int64) {
		if english, chinese := grammar.English(n), grammar.Chinese(n); readEnglish(t, english) != n || readChinese(t, chinese) != n {
			require.Fail(t, "read back as another number", "%d: %s %s", n, english, chinese)
		}
	}
	for n := range int64(100_000) {
		check(n)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		n := rng.Int64N(1e15)
		for range rng.IntN(15) {
			n /= 10
		}
		check(n)
		check(n / 1000 * 1000)
		check(n - n/100%1000*100) // zeros in the middle
	}
}

var englishValues = map[string]int64{"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}

func init() {
	for i, word := range strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") {
		englishValues[word] = int64(i)
	}
	for i, word := range strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety") {
		englishValues[word] = int64(i+2) * 10
	}
}

// readEnglish adds small numbers up, and multiplies by large ones.
func readEnglish(t *testing.T, text string) (sum int64) {
	var group int64
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' }) {
		value, known := englishValues[word]
		switch {
		case word == "and":
		case !known:
			require.Fail(t, word)
		case value == 100:
			group *= 100
		case value > 100:
			sum, group = sum+group*value, 0
		default:
			group += value
		}
	}
	return sum + group
}

// readChinese keeps a group of four, what stands before 亿, and a digit that waits for its unit.
func readChinese(t *testing.T, text string) int64 {
	var high, sum, group, digit int64
	for _, r := range text {
		if at := strings.IndexRune("零一二三四五六七八九", r); at >= 0 {
			digit = int64(at / len("零"))
			continue
		}
		switch r {
		case '十', '百', '千':
			unit := map[rune]int64{'十': 10, '百': 100, '千': 1000}[r]
			if digit == 0 { // 十 at the start
				digit = 1
			}
			group, digit = group+digit*unit, 0
		case '万':
			sum, group, digit = sum+(group+digit)*1e4, 0, 0
		case '亿':
			high, sum, group, digit = high+(sum+group+digit)*1e8, 0, 0, 0
		default:
			require.Fail(t, string(r))
		}
	}
	return high + sum + group + digit
}
