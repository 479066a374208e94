package grammar

import (
	"math/rand/v2"
	"strings"
	"time"
)

// A clock is a time of day as it is said: hours go to twelve, and a part of the day
// may stand with them.
type clock struct {
	hour, minute int
	part         [2]string // in English and Chinese, or empty
}

var parts = [][2]string{{"in the morning", "上午"}, {"in the afternoon", "下午"}, {"in the evening", "晚上"}}

// earliest are the first hours of the parts of the day, of five hours each.
var earliest = []int{6, 1, 6}

func drawClock(rng *rand.Rand, withPart bool) clock {
	c := clock{hour: 1 + rng.IntN(12), minute: rng.IntN(60)}
	if rng.IntN(4) == 0 {
		c.minute = rng.IntN(4) * 15
	}
	if withPart {
		part := rng.IntN(len(parts))
		c.part, c.hour = parts[part], earliest[part]+rng.IntN(5)
	}
	return c
}

// english counts the minutes past the hour up to the half, and then those to the next.
func (c clock) english() string {
	text := minutes(c.minute) + " past " + ones[c.hour]
	switch {
	case c.minute == 0:
		text = ones[c.hour] + " o'clock"
	case c.minute > 30:
		text = minutes(60-c.minute) + " to " + ones[c.hour%12+1]
	}
	return strings.TrimSpace(text + " " + c.part[0])
}

// minutes writes 1 to 30 minutes.
func minutes(n int) string {
	switch n {
	case 1:
		return "one minute"
	case 15:
		return "a quarter"
	case 30:
		return "half"
	}
	return English(int64(n)) + " minutes"
}

// chinese always counts from the hour that was. Before fewer than ten minutes stands 零.
func (c clock) chinese() string {
	text := c.part[1] + measured(int64(c.hour)) + "点"
	switch c.minute {
	case 0:
		return text
	case 15:
		return text + "一刻"
	case 30:
		return text + "半"
	case 45:
		return text + "三刻"
	}
	if c.minute < 10 {
		text += "零"
	}
	return text + Chinese(int64(c.minute)) + "分"
}

var ordinals = strings.Fields("- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth")

// ordinal writes the days of a month, 1 to 31.
func ordinal(n int) string {
	switch {
	case n <= 20:
		return ordinals[n]
	case n == 30:
		return "thirtieth"
	}
	return tens[n/10] + "-" + ordinals[n%10]
}

// englishDate says the smallest part first; years are written in digits.
func englishDate(t time.Time) string {
	return t.Weekday().String() + ", the " + ordinal(t.Day()) + t.Format(" of January 2006")
}

// chineseDate says the largest part first. The digits of a year are read one by one, with
// 〇 for 0.
func chineseDate(t time.Time) string {
	var year strings.Builder
	for _, digit := range t.Format("2006") {
		year.WriteString(strings.Replace(digits[digit-'0'], "零", "〇", 1))
	}
	return year.String() + "年" + Chinese(int64(t.Month())) + "月" + Chinese(int64(t.Day())) + "日" + chineseWeekday(t.Weekday())
}

func chineseWeekday(d time.Weekday) string {
	return "星期" + strings.Split("日一二三四五六", "")[d]
}

// drawTime draws a time of day, a date, a time on a weekday, or a time on a date.
func drawTime(rng *rand.Rand) (english, chinese string) {
	form := rng.IntN(8)
	c := drawClock(rng, form > 1)
	day := time.Date(1900+rng.IntN(200), 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC)
	switch {
	case form < 4:
		return c.english(), c.chinese()
	case form < 6:
		return englishDate(day), chineseDate(day)
	case form == 6:
		return c.english() + " on " + day.Weekday().String(), chineseWeekday(day.Weekday()) + c.chinese()
	}
	return c.english() + " on " + englishDate(day), chineseDate(day) + c.chinese()
}
