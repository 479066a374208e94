package grammar_test

import (
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
)

var kinds = []string{grammar.Number, grammar.Time, grammar.Price, grammar.Sentence}

// Exact means: a text has one translation, and no other text has the same.
func TestOneTranslation(t *testing.T) {
	for _, kind := range kinds {
		rng := rand.New(rand.NewPCG(1, 1))
		to, from := map[string]string{}, map[string]string{}
		for _, n := range []int{40_000, 2000} {
			for _, p := range (grammar.Generator{HeldOut: n == 2000, Kinds: []string{kind}, Directions: []string{grammar.ToChinese}}).Pairs(n, rng) {
				if other, ok := to[p.Source]; ok && other != p.Target {
					t.Fatalf("%q is %q and %q", p.Source, p.Target, other)
				}
				if other, ok := from[p.Target]; ok && other != p.Source {
					t.Fatalf("%q is %q and %q", p.Target, p.Source, other)
				}
				to[p.Source], from[p.Target] = p.Target, p.Source
			}
		}
		assert.Greater(t, len(to), 1000, kind)
	}
}

// Whatever is held out is never trained, in neither direction.
func TestHeldOut(t *testing.T) {
	english := func(p grammar.Pair) string {
		if p.Direction == grammar.ToEnglish {
			return p.Target
		}
		return p.Source
	}
	rng := rand.New(rand.NewPCG(2, 1))
	trained := map[string]bool{}
	train := grammar.Generator{}.Pairs(50_000, rng)
	directions := map[string]int{}
	for _, p := range train {
		trained[english(p)] = true
		directions[p.Direction]++
	}
	assert.InDelta(t, 25_000, directions[grammar.ToChinese], 1000)
	for _, kind := range kinds {
		for _, p := range (grammar.Generator{HeldOut: true, Kinds: []string{kind}}).Pairs(1000, rng) {
			assert.False(t, trained[english(p)], p)
			assert.Equal(t, kind, p.Kind)
		}
	}
	for n := range int64(100) {
		assert.False(t, grammar.HeldOut(grammar.English(n)))
	}
}

func TestHowManyAreHeldOut(t *testing.T) {
	for name, write := range map[string]func(int64) string{"English": grammar.English, "Chinese": grammar.Chinese} {
		held := 0
		for n := range int64(10_000) {
			if text := write(n); grammar.HeldOut(text) {
				held++
			}
		}
		assert.InDelta(t, 1000, held, 100, name)
	}
	for _, text := range []string{"zero", "twenty-one", "three books", "好", "十二"} {
		assert.False(t, grammar.HeldOut(text), text)
	}
}

func TestSameSeedSamePairs(t *testing.T) {
	draw := func(seed uint64) []grammar.Pair {
		return grammar.Generator{}.Pairs(100, rand.New(rand.NewPCG(seed, 0)))
	}
	assert.Equal(t, draw(1), draw(1))
	assert.NotEqual(t, draw(1), draw(2))
}

func TestLengthsOfNumbers(t *testing.T) {
	g := grammar.Generator{Kinds: []string{grammar.Number}, Directions: []string{grammar.ToEnglish}, Shortest: 11, Longest: 12}
	for _, p := range g.Pairs(1000, rand.New(rand.NewPCG(3, 0))) {
		n := readChinese(t, p.Source)
		assert.True(t, n >= 1e10 && n < 1e12, n)
		assert.Equal(t, n, readEnglish(t, p.Target))
	}
}

// The weekday of a date is right in both languages.
func TestDates(t *testing.T) {
	days := strings.Split("日一二三四五六", "")
	dates := 0
	for _, p := range (grammar.Generator{Kinds: []string{grammar.Time}, Directions: []string{grammar.ToEnglish}}).Pairs(20_000, rand.New(rand.NewPCG(4, 0))) {
		before, after, ok := strings.Cut(p.Source, "年")
		if !ok {
			continue
		}
		dates++
		var year int
		for _, r := range before {
			year = 10*year + strings.IndexRune("〇一二三四五六七八九", r)/len("〇")
		}
		month, after, _ := strings.Cut(after, "月")
		day, after, _ := strings.Cut(after, "日")
		when := time.Date(year, time.Month(readChinese(t, month)), int(readChinese(t, day)), 0, 0, 0, 0, time.UTC)
		require.True(t, strings.HasPrefix(after, "星期"+days[when.Weekday()]), p)
		require.Contains(t, p.Target, when.Weekday().String()+", the ")
		require.True(t, strings.HasSuffix(p.Target, when.Format(" of January 2006")), p)
	}
	assert.Greater(t, dates, 5000)
}

func TestClocksByHand(t *testing.T) {
	for _, c := range []struct {
		hour, minute     int
		english, chinese string
	}{
		{2, 0, "two o'clock", "两点"},
		{12, 0, "twelve o'clock", "十二点"},
		{8, 1, "one minute past eight", "八点零一分"},
		{12, 2, "two minutes past twelve", "十二点零二分"},
		{10, 10, "ten minutes past ten", "十点十分"},
		{6, 15, "a quarter past six", "六点一刻"},
		{2, 30, "half past two", "两点半"},
		{11, 31, "twenty-nine minutes to twelve", "十一点三十一分"},
		{12, 45, "a quarter to one", "十二点三刻"},
		{1, 58, "two minutes to two", "一点五十八分"},
		{8, 59, "one minute to nine", "八点五十九分"},
	} {
		assert.Equal(t, c.english, grammar.EnglishClock(c.hour, c.minute))
		assert.Equal(t, c.chinese, grammar.ChineseClock(c.hour, c.minute))
	}
}

// Some that are drawn soon, translated by hand.
func TestPairsByHand(t *testing.T) {
	byHand := map[string]string{
		"two books":                              "两本书",
		"three cats":                             "三只猫",
		"one pair of shoes":                      "一双鞋",
		"two cups of tea":                        "两杯茶",
		"twelve horses":                          "十二匹马",
		"How much does one snake cost?":          "一条蛇多少钱？",
		"How much do two bicycles cost?":         "两辆自行车多少钱？",
		"one hat costs two yuan":                 "一顶帽子两元",
		"Where is my umbrella?":                  "我的雨伞在哪里？",
		"Is his hat on the table?":               "他的帽子在桌子上吗？",
		"Their letter is behind the door.":       "他们的信在门后面。",
		"half past nine in the evening":          "晚上九点半",
		"a quarter to eight in the morning":      "上午七点三刻",
		"two o'clock in the afternoon on Sunday": "星期日下午两点",
	}
	rng := rand.New(rand.NewPCG(5, 0))
	g := grammar.Generator{Kinds: kinds[1:], Directions: []string{grammar.ToChinese}}
	for _, p := range g.Pairs(200_000, rng) {
		if chinese, ok := byHand[p.Source]; ok {
			assert.Equal(t, chinese, p.Target)
			delete(byHand, p.Source)
		}
	}
	assert.Empty(t, byHand, "never drawn")
}

// Each name in a row is one that there are rules or numbers for, with that column.
func TestRules(t *testing.T) {
	reference := regexp.MustCompile(`\{(\w+)(?:\.(\d))?\}`)
	used := map[string]bool{grammar.Time: true, grammar.Price: true, grammar.Sentence: true}
	for name, rows := range grammar.Rules {
		for _, row := range rows {
			assert.Len(t, row, len(rows[0]), "%s: %q", name, row)
			for _, column := range row {
				assert.NotContains(t, reference.ReplaceAllString(column, ""), "{")
				for _, match := range reference.FindAllStringSubmatch(column, -1) {
					used[match[1]] = true
					columns := 2
					if rules, ok := grammar.Rules[match[1]]; ok {
						columns = len(rules[0])
					} else {
						assert.Contains(t, grammar.Numbers, match[1])
					}
					assert.LessOrEqual(t, match[2], strconv.Itoa(columns), "%s: %s", name, match[0])
				}
			}
		}
		assert.NotContains(t, grammar.Numbers, name)
	}
	for name := range grammar.Rules {
		assert.True(t, used[name], "no row uses %s", name)
	}
}

func TestNoSuchKind(t *testing.T) {
	require.PanicsWithValue(t, "grammar: no such kind of pairs", func() {
		grammar.Generator{Kinds: []string{"poem"}}.Pairs(1, rand.New(rand.NewPCG(1, 0)))
	})
	require.PanicsWithValue(t, "grammar: numbers of one and two digits are never held out", func() {
		grammar.Generator{HeldOut: true, Longest: 2}.Pairs(1, rand.New(rand.NewPCG(1, 0)))
	})
}

func BenchmarkPairs(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	for b.Loop() {
		grammar.Generator{}.Pairs(1, rng)
	}
}
