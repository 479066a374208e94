package grammar

import (
	"math/rand/v2"
	"strings"
)

// In the tables of this file a row is a word or phrase in English, then in Chinese.
var (
	subjects = [][2]string{{"I", "我"}, {"you", "你"}, {"he", "他"}, {"she", "她"}, {"we", "我们"}, {"they", "他们"}}
	owners   = [][2]string{{"my", "我的"}, {"your", "你的"}, {"his", "他的"}, {"her", "她的"}, {"our", "我们的"}, {"their", "他们的"}}
	people   = [][2]string{{"friend", "朋友"}, {"teacher", "老师"}, {"mother", "妈妈"}, {"father", "爸爸"}, {"neighbour", "邻居"}}
	shops    = [][2]string{{"at the shop", "在商店"}, {"at the market", "在市场"}, {"at school", "在学校"}, {"at home", "在家"},
		{"in the park", "在公园"}, {"at the station", "在车站"}, {"in Beijing", "在北京"}, {"in Shanghai", "在上海"}}
	spots = [][2]string{{"on the table", "在桌子上"}, {"on the chair", "在椅子上"}, {"under the bed", "在床下面"}, {"in the car", "在车里"},
		{"in the box", "在盒子里"}, {"behind the door", "在门后面"}, {"beside the window", "在窗户旁边"}, {"in the garden", "在花园里"}}
	cities = [][2]string{{"Beijing", "北京"}, {"Shanghai", "上海"}, {"Nanjing", "南京"}, {"Hangzhou", "杭州"}, {"Guangzhou", "广州"}, {"Chengdu", "成都"}}
	roads  = [][2]string{{"Zhongshan", "中山"}, {"Renmin", "人民"}, {"Jiefang", "解放"}, {"Xinhua", "新华"}, {"Heping", "和平"}}
)

// A verb has four forms in English and one in Chinese, where other words say when.
type verb struct{ base, third, past, chinese string }

var verbs = []verb{{"buy", "buys", "bought", "买"}, {"sell", "sells", "sold", "卖"}, {"draw", "draws", "drew", "画"},
	{"borrow", "borrows", "borrowed", "借"}, {"find", "finds", "found", "找到"}, {"see", "sees", "saw", "看见"}}

type tense int

const (
	past tense = iota
	present
	future
)

// whens are adverbs of time, three of each tense.
var whens = [][][2]string{
	past:    {{"yesterday", "昨天"}, {"last night", "昨天晚上"}, {"last week", "上个星期"}},
	present: {{"every day", "每天"}, {"every evening", "每天晚上"}, {"every Sunday", "每个星期日"}},
	future:  {{"tomorrow", "明天"}, {"tomorrow morning", "明天上午"}, {"next week", "下个星期"}},
}

func draw(rng *rand.Rand, rows [][2]string) (english, chinese string) {
	row := rows[rng.IntN(len(rows))]
	return row[0], row[1]
}

// A person acts: a pronoun, or somebody's friend.
type person struct {
	english, chinese string
	third            bool
}

func drawPerson(rng *rand.Rand) person {
	if rng.IntN(2) == 0 {
		i := rng.IntN(len(subjects))
		return person{subjects[i][0], subjects[i][1], i == 2 || i == 3}
	}
	ownerEnglish, ownerChinese := draw(rng, owners)
	english, chinese := draw(rng, people)
	return person{ownerEnglish + " " + english, ownerChinese + chinese, true}
}

// sentence ends a sentence or a question and gives it a capital.
func sentence(question bool, english, chinese string) (string, string) {
	english = strings.ToUpper(english[:1]) + english[1:]
	if question {
		return english + "?", chinese + "？"
	}
	return english + ".", chinese + "。"
}

func drawSentence(rng *rand.Rand) (english, chinese string) {
	switch rng.IntN(8) {
	case 0:
		return drawHome(rng)
	case 1:
		ownerEnglish, ownerChinese := draw(rng, owners)
		t := small[rng.IntN(len(small))]
		return whereIs(rng, ownerEnglish+" "+t.singular, ownerChinese+t.chinese)
	case 2:
		who, did, t := drawPerson(rng), verbs[rng.IntN(len(verbs))], small[rng.IntN(len(small))]
		when, whenChinese := draw(rng, whens[past])
		return whereIs(rng, "the "+t.singular+" that "+who.english+" "+did.past+" "+when, who.chinese+whenChinese+did.chinese+"的"+t.chinese)
	}
	return drawEvent(rng)
}

// drawEvent: who does what, where and when. In Chinese: who, when, where, what.
func drawEvent(rng *rand.Rand) (english, chinese string) {
	who, does, when := drawPerson(rng), verbs[rng.IntN(len(verbs))], tense(rng.IntN(3))
	all := [][]thing{small, large}[rng.IntN(2)]
	t, n := all[rng.IntN(len(all))], drawCount(rng)
	place, placeChinese := draw(rng, shops)
	day, dayChinese := draw(rng, whens[when])
	question := rng.IntN(3) == 0
	english = does.with(who, when, question) + " " + t.englishCount(n) + " " + place + " " + day
	chinese = who.chinese + dayChinese + [...]string{past: "", present: "", future: "会"}[when] + placeChinese +
		does.chinese + [...]string{past: "了", present: "", future: ""}[when] + t.chineseCount(n)
	if question {
		chinese += "吗"
	}
	return sentence(question, english, chinese)
}

// with is the subject and the verb in English, which asks by a word in front.
func (v verb) with(who person, when tense, question bool) string {
	s, does := v.base, "do "
	if who.third {
		s, does = v.third, "does "
	}
	switch {
	case when == future && question:
		return "will " + who.english + " " + v.base
	case when == future:
		return who.english + " will " + v.base
	case when == past && question:
		return "did " + who.english + " " + v.base
	case when == past:
		return who.english + " " + v.past
	case question:
		return does + who.english + " " + v.base
	}
	return who.english + " " + s
}

// whereIs says or asks where a thing is, or asks whether it is there.
func whereIs(rng *rand.Rand, english, chinese string) (string, string) {
	spot, spotChinese := draw(rng, spots)
	switch rng.IntN(4) {
	case 0:
		return sentence(true, "where is "+english, chinese+"在哪里")
	case 1:
		return sentence(true, "is "+english+" "+spot, chinese+spotChinese+"吗")
	}
	return sentence(false, english+" is "+spot, chinese+spotChinese)
}

// drawHome draws an address, in English from the room to the city.
func drawHome(rng *rand.Rand) (english, chinese string) {
	who, number, room := drawPerson(rng), 1+rng.Int64N(200), 1+rng.Int64N(40)
	live := " live"
	if who.third {
		live = " lives"
	}
	road, roadChinese := draw(rng, roads)
	city, cityChinese := draw(rng, cities)
	return sentence(false, who.english+live+" in room "+English(room)+" at number "+English(number)+", "+road+" Road, "+city,
		who.chinese+"住在"+cityChinese+roadChinese+"路"+Chinese(number)+"号"+Chinese(room)+"号房间")
}
