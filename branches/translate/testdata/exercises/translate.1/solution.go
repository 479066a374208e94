package translate

import "strings"

// Each group is the one before it times 10,000, written in the same way.
func WriteChinese(n int64) string {
	if n == 0 {
		return "零"
	}
	text, skipped := "", false
	for _, group := range []struct {
		size int64
		name string
	}{{100_000_000, "亿"}, {10_000, "万"}, {1, ""}} {
		digits := n / group.size % 10_000
		unit := int64(1000)
		for _, name := range []string{"千", "百", "十", ""} {
			digit := digits / unit % 10
			unit /= 10
			if digit == 0 {
				skipped = true
				continue
			}
			if skipped && text != "" {
				text += "零"
			}
			skipped = false
			text += string([]rune("零一二三四五六七八九")[digit]) + name
		}
		if digits > 0 {
			text += group.name
			skipped = false
		}
	}
	if strings.HasPrefix(text, "一十") {
		return text[len("一"):]
	}
	return text
}
