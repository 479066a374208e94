package grammar

import (
	"math/rand/v2"
	"strings"
)

// A thing can be counted: in English by a plural, in Chinese with a measure word,
// which depends on what is counted.
type thing struct{ singular, plural, measure, chinese string }

// Between commas: singular, plural, measure word, Chinese.
var (
	small = things(`book books 本 书, dictionary dictionaries 本 词典, map maps 张 地图, ticket tickets 张 票,
		photo photos 张 照片, painting paintings 幅 画, knife knives 把 刀, umbrella umbrellas 把 雨伞, key keys 把 钥匙,
		pen pens 支 钢笔, pencil pencils 支 铅笔, letter letters 封 信, cat cats 只 猫, hat hats 顶 帽子,
		coat coats 件 大衣, shirt shirts 件 衬衫, skirt skirts 条 裙子, scarf scarves 条 围巾, apple apples 个 苹果,
		egg eggs 个 鸡蛋, flower flowers 朵 花, phone phones 部 手机, computer computers 台 电脑`)
	large = things(`table tables 张 桌子, chair chairs 把 椅子, bed beds 张 床, bird birds 只 鸟, dog dogs 只 狗,
		sheep sheep 只 羊, fish fish 条 鱼, snake snakes 条 蛇, horse horses 匹 马, cow cows 头 牛, pig pigs 头 猪,
		car cars 辆 汽车, bicycle bicycles 辆 自行车, plane planes 架 飞机, ship ships 艘 船, tree trees 棵 树`)
	filled = things(`cup_of_tea cups_of_tea 杯 茶, cup_of_coffee cups_of_coffee 杯 咖啡, bottle_of_water bottles_of_water 瓶 水,
		bottle_of_milk bottles_of_milk 瓶 牛奶, bowl_of_rice bowls_of_rice 碗 米饭, bowl_of_soup bowls_of_soup 碗 汤,
		pair_of_shoes pairs_of_shoes 双 鞋, pair_of_socks pairs_of_socks 双 袜子, piece_of_cake pieces_of_cake 块 蛋糕`)
)

func things(table string) []thing {
	var list []thing
	for row := range strings.SplitSeq(table, ",") {
		f := strings.Fields(row)
		list = append(list, thing{strings.ReplaceAll(f[0], "_", " "), strings.ReplaceAll(f[1], "_", " "), f[2], f[3]})
	}
	return list
}

// measured is n before a measure word, 元 or 点: there 2 alone is 两, and within a
// larger number it stays 二.
func measured(n int64) string {
	if n == 2 {
		return "两"
	}
	return Chinese(n)
}

func (t thing) englishCount(n int64) string {
	if n == 1 {
		return "one " + t.singular
	}
	return English(n) + " " + t.plural
}

func (t thing) chineseCount(n int64) string { return measured(n) + t.measure + t.chinese }

// drawCount draws a number of things, more often a small one.
func drawCount(rng *rand.Rand) int64 { return 1 + rng.Int64N(1+rng.Int64N(99)) }

// drawPrice draws a number of things, and mostly what they cost.
func drawPrice(rng *rand.Rand) (english, chinese string) {
	all := [][]thing{small, large, filled}[rng.IntN(3)]
	t, n, yuan := all[rng.IntN(len(all))], drawCount(rng), 1+rng.Int64N([]int64{20, 1000, 10000}[rng.IntN(3)])
	english, chinese = t.englishCount(n), t.chineseCount(n)
	s := "s"
	if n > 1 {
		s = ""
	}
	switch rng.IntN(4) {
	case 0:
		return english + " cost" + s + " " + English(yuan) + " yuan", chinese + measured(yuan) + "元"
	case 1:
		return english + " at " + English(yuan) + " yuan each", chinese + "，每" + t.measure + measured(yuan) + "元"
	case 2:
		if n > 1 {
			return "How much do " + english + " cost?", chinese + "多少钱？"
		}
		return "How much does " + english + " cost?", chinese + "多少钱？"
	}
	return english, chinese
}
