package grammar

import (
	"math/rand/v2"
	"strings"
)

// phrases are rules: a name, a colon, then rows up to the next name, with | between the
// columns of a row, English in the first and Chinese in the last. {name} stands for a row
// drawn from the rules of that name, the same one in all columns, and {name.3} for its
// third column. A row that stands twice is drawn twice as often.
const phrases = `
sentence:
	{anyone} {verb.3} {things} {place} {past}.         | {anyone}{past}{place}{verb}了{things}。
	Did {anyone} {verb} {things} {place} {past}?       | {anyone}{past}{place}{verb}了{things}吗？
	{I} {verb} {things} {place} {present}.             | {I}{present}{place}{verb}{things}。
	{he} {verb.2} {things} {place} {present}.          | {he}{present}{place}{verb}{things}。
	Do {I} {verb} {things} {place} {present}?          | {I}{present}{place}{verb}{things}吗？
	Does {he} {verb} {things} {place} {present}?       | {he}{present}{place}{verb}{things}吗？
	{anyone} will {verb} {things} {place} {future}.    | {anyone}{future}会{place}{verb}{things}。
	Will {anyone} {verb} {things} {place} {future}?    | {anyone}{future}会{place}{verb}{things}吗？
	{mine} is {spot}.                                  | {mine}在{spot}。
	Is {mine} {spot}?                                  | {mine}在{spot}吗？
	Where is {mine}?                                   | {mine}在哪里？
	{I} live in {home}.                                | {I}住在{home}。
	{he} lives in {home}.                              | {he}住在{home}。
mine:
	{my} {small}                                       | {my}{small}
	the {small} that {anyone} {verb.3} {past}          | {anyone}{past}{verb}的{small}
home:
	room {room} at number {house}, {road} Road, {city} | {city}{road}路{house}号{room}号房间
price:
	{things}                                           | {things}
	{one} costs {yuan} yuan                            | {one}{yuan}元
	{several} cost {yuan} yuan                         | {several}{yuan}元
	{things} at {yuan} yuan each                       | {things}，每{things.2}{yuan}元
	How much does {one} cost?                          | {one}多少钱？
	How much do {several} cost?                        | {several}多少钱？
things:
	{one}                                              | {one.2} | {one}
	{several}                                          | {several.2} | {several}
	{several}                                          | {several.2} | {several}
one:
	one {thing}                                        | {thing.3} | 一{thing.3}{thing}
several:
	{count} {thing.2}                                  | {thing.3} | {count}{thing.3}{thing}
time:
	{clock}                                            | {clock}
	{daytime}                                          | {daytime}
	{daytime}                                          | {daytime}
	{daytime} on {weekday}                             | {weekday}{daytime}
	{date}                                             | {date}
	{daytime} on {date}                                | {date}{daytime}
daytime:
	{morning} in the morning                           | 上午{morning}
	{afternoon} in the afternoon                       | 下午{afternoon}
	{evening} in the evening                           | 晚上{evening}
`

// words are rules too, with ; between the rows of a line. Things have a plural and a measure
// word in the middle, verbs two more forms.
const words = `
thing:
	{small} | {small.2} | {small.3} | {small}; {large} | {large.2} | {large.3} | {large}
small:
	book | books | 本 | 书; dictionary | dictionaries | 本 | 词典; map | maps | 张 | 地图
	ticket | tickets | 张 | 票; photo | photos | 张 | 照片; painting | paintings | 幅 | 画
	knife | knives | 把 | 刀; umbrella | umbrellas | 把 | 雨伞; key | keys | 把 | 钥匙
	pen | pens | 支 | 钢笔; pencil | pencils | 支 | 铅笔; letter | letters | 封 | 信
	cat | cats | 只 | 猫; hat | hats | 顶 | 帽子; coat | coats | 件 | 大衣; shirt | shirts | 件 | 衬衫
	skirt | skirts | 条 | 裙子; scarf | scarves | 条 | 围巾; apple | apples | 个 | 苹果
	egg | eggs | 个 | 鸡蛋; flower | flowers | 朵 | 花; phone | phones | 部 | 手机
	computer | computers | 台 | 电脑
large:
	table | tables | 张 | 桌子; chair | chairs | 把 | 椅子; bed | beds | 张 | 床; bird | birds | 只 | 鸟
	dog | dogs | 只 | 狗; sheep | sheep | 只 | 羊; fish | fish | 条 | 鱼; snake | snakes | 条 | 蛇
	horse | horses | 匹 | 马; cow | cows | 头 | 牛; pig | pigs | 头 | 猪; car | cars | 辆 | 汽车
	bicycle | bicycles | 辆 | 自行车; plane | planes | 架 | 飞机; ship | ships | 艘 | 船
	tree | trees | 棵 | 树; cup of tea | cups of tea | 杯 | 茶
	bottle of water | bottles of water | 瓶 | 水; bowl of rice | bowls of rice | 碗 | 米饭
	pair of shoes | pairs of shoes | 双 | 鞋; piece of cake | pieces of cake | 块 | 蛋糕
verb:
	buy | buys | bought | 买; sell | sells | sold | 卖; draw | draws | drew | 画
	borrow | borrows | borrowed | 借; find | finds | found | 找到; see | sees | saw | 看见
anyone:
	{I} | {I}; {he} | {he}
I:
	I | 我; you | 你; we | 我们; they | 他们
he:
	he | 他; she | 她; {my} {friend} | {my}{friend}; {my} {friend} | {my}{friend}
my:
	my | 我的; your | 你的; his | 他的; her | 她的; our | 我们的; their | 他们的
friend:
	friend | 朋友; teacher | 老师; mother | 妈妈; father | 爸爸; neighbour | 邻居
past:
	yesterday | 昨天; last night | 昨天晚上; last week | 上个星期
present:
	every day | 每天; every evening | 每天晚上; every Sunday | 每个星期日
future:
	tomorrow | 明天; tomorrow morning | 明天上午; next week | 下个星期
place:
	at the shop | 在商店; at the market | 在市场; at school | 在学校; at home | 在家
	in the park | 在公园; at the station | 在车站; in {city} | 在{city}
spot:
	on the table | 桌子上; on the chair | 椅子上; under the bed | 床下面; in the car | 车里
	in the box | 盒子里; behind the door | 门后面; beside the window | 窗户旁边; in the garden | 花园里
city:
	Beijing | 北京; Shanghai | 上海; Nanjing | 南京; Hangzhou | 杭州; Guangzhou | 广州
road:
	Zhongshan | 中山; Renmin | 人民; Jiefang | 解放; Xinhua | 新华; Heping | 和平
weekday:
	Monday | 星期一; Tuesday | 星期二; Wednesday | 星期三; Thursday | 星期四; Friday | 星期五
	Saturday | 星期六; Sunday | 星期日
`

// rules are the rows by the names, cut into columns.
var rules = parse(phrases + words)

func parse(text string) map[string][][]string {
	rules := map[string][][]string{}
	name := ""
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }) {
		if head, ok := strings.CutSuffix(line, ":"); ok {
			name = head
			continue
		}
		for row := range strings.SplitSeq(line, ";") {
			columns := strings.Split(row, "|")
			for i := range columns {
				columns[i] = strings.TrimSpace(columns[i])
			}
			rules[name] = append(rules[name], columns)
		}
	}
	return rules
}

// numbers are the names that no rule has: what is counted or told by a clock.
var numbers = map[string]func(*rand.Rand) (english, chinese string){
	"count": func(rng *rand.Rand) (string, string) { return counted(2 + rng.Int64N(1+rng.Int64N(98))) },
	"yuan": func(rng *rand.Rand) (string, string) {
		return counted(1 + rng.Int64N([]int64{20, 1000, 10000}[rng.IntN(3)]))
	},
	"house":     func(rng *rand.Rand) (string, string) { return both(1 + rng.Int64N(200)) },
	"room":      func(rng *rand.Rand) (string, string) { return both(1 + rng.Int64N(40)) },
	"clock":     func(rng *rand.Rand) (string, string) { return drawClock(rng, 1, 12) },
	"morning":   func(rng *rand.Rand) (string, string) { return drawClock(rng, 7, 11) },
	"afternoon": func(rng *rand.Rand) (string, string) { return drawClock(rng, 1, 5) },
	"evening":   func(rng *rand.Rand) (string, string) { return drawClock(rng, 6, 10) },
	"date":      drawDate,
}

// expand draws a row of the rules of a name, and writes its columns.
func expand(name string, rng *rand.Rand) []string {
	if number, ok := numbers[name]; ok {
		english, chinese := number(rng)
		return []string{english, chinese}
	}
	row := rules[name][rng.IntN(len(rules[name]))]
	drawn := map[string][]string{} // the same for all columns
	columns := make([]string, len(row))
	for i, column := range row {
		for {
			before, reference, found := strings.Cut(column, "{")
			columns[i] += before
			if !found {
				break
			}
			reference, column, _ = strings.Cut(reference, "}")
			name, number, numbered := strings.Cut(reference, ".")
			if drawn[name] == nil {
				drawn[name] = expand(name, rng)
			}
			which := 0
			if numbered {
				which = int(number[0] - '1')
			} else if i == len(row)-1 {
				which = len(drawn[name]) - 1
			}
			columns[i] += drawn[name][which]
		}
	}
	return columns
}
