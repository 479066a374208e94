package grammar

import (
	"math/rand/v2"
	"strings"
	"time"
)

// drawClock draws a time whose hour is one of those from first to last, the quarters
// more often.
func drawClock(rng *rand.Rand, first, last int) (english, chinese string) {
	hour, minute := first+rng.IntN(last-first+1), rng.IntN(60)
	if rng.IntN(4) == 0 {
		minute = rng.IntN(4) * 15
	}
	return englishClock(hour, minute), chineseClock(hour, minute)
}

// englishClock counts the minutes past the hour up to the half, and then those to the next.
func englishClock(hour, minute int) string {
	switch {
	case minute == 0:
		return ones[hour] + " o'clock"
	case minute > 30:
		return minutes(60-minute) + " to " + ones[hour%12+1]
	}
	return minutes(minute) + " past " + ones[hour]
}

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

// chineseClock always counts from the hour that was. Before fewer than ten minutes stands 零.
func chineseClock(hour, minute int) string {
	_, text := counted(int64(hour))
	text += "点"
	switch {
	case minute%15 == 0:
		return text + [...]string{"", "一刻", "半", "三刻"}[minute/15]
	case minute < 10:
		text += "零"
	}
	return text + Chinese(int64(minute)) + "分"
}

// drawDate draws a day of two centuries. English says the smallest part first, after the
// weekday, and Chinese the largest; its years are read digit by digit, with 〇 for 0.
func drawDate(rng *rand.Rand) (english, chinese string) {
	t := time.Date(1900+rng.IntN(200), 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC)
	for _, digit := range t.Format("2006") {
		chinese += strings.Split("〇一二三四五六七八九", "")[digit-'0']
	}
	chinese += "年" + Chinese(int64(t.Month())) + "月" + Chinese(int64(t.Day())) + "日" + rules["weekday"][(t.Weekday()+6)%7][1]
	return t.Weekday().String() + ", the " + ordinal(t.Day()) + t.Format(" of January 2006"), chinese
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
