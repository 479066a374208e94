package grammar

import "strings"

var (
	ones = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
)

// English writes n, below 10^15, as people in Britain say it: "and" behind hundred, and
// before a last group below a hundred; a hyphen from twenty-one to ninety-nine.
func English(n int64) string {
	if n < 1000 {
		return englishGroup(n)
	}
	var groups []string
	size := int64(1e12)
	for _, scale := range []string{"trillion", "billion", "million", "thousand"} {
		if group := n / size % 1000; group > 0 {
			groups = append(groups, englishGroup(group)+" "+scale)
		}
		size /= 1000
	}
	switch last := n % 1000; {
	case last >= 100:
		groups = append(groups, englishGroup(last))
	case last > 0:
		groups = append(groups, "and "+englishGroup(last))
	}
	return strings.Join(groups, " ")
}

// englishGroup writes a number of at most three digits.
func englishGroup(n int64) string {
	switch {
	case n < 20:
		return ones[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + ones[n%10]
	case n%100 == 0:
		return ones[n/100] + " hundred"
	}
	return ones[n/100] + " hundred and " + englishGroup(n%100)
}

var digits = strings.Split("零一二三四五六七八九", "")

// Chinese writes n, below 10^16, as schools in mainland China teach it. 二 stands for 2
// everywhere: two thousand is 二千 in writing and 两千 in talk, and both are right. Ten
// is 十 where it begins the number and 一十 within it: 十万, 一百一十.
func Chinese(n int64) string {
	text := chinese(n)
	if strings.HasPrefix(text, "一十") {
		return strings.TrimPrefix(text, "一")
	}
	return text
}

// chinese says how many of the largest unit there are, in the same way, and then the
// rest. One 零 stands between them where the digit behind the unit is 0, however many
// zeros follow it; where the rest is nothing, zeros are silent.
func chinese(n int64) string {
	size := int64(1e8)
	for _, unit := range []struct {
		name string
		next int64 // the unit behind is so many times smaller
	}{{"亿", 1e4}, {"万", 10}, {"千", 10}, {"百", 10}, {"十", 10}} {
		if rest := n % size; n >= size {
			text := chinese(n/size) + unit.name
			if 0 < rest && rest < size/10 {
				text += "零"
			}
			if rest > 0 {
				text += chinese(rest)
			}
			return text
		}
		size /= unit.next
	}
	return digits[n]
}

func both(n int64) (english, chinese string) { return English(n), Chinese(n) }

// counted is n before a measure word, 元 or 点: there 2 alone is 两, and within a
// larger number it stays 二.
func counted(n int64) (english, chinese string) {
	if n == 2 {
		return "two", "两"
	}
	return both(n)
}
