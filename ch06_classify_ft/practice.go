package classify

import (
	"math/rand/v2"
	"strings"
)

// Practice invents n different messages, three in ten of them spam, by
// expanding the grammar below; one in four has no capitals. The same rng gives
// the same messages.
func Practice(n int, rng *rand.Rand) []Message {
	messages := make([]Message, 0, n)
	seen := make(map[string]bool, n)
	for len(messages) < n {
		m := Message{Spam: rng.IntN(10) < 3}
		m.Text = expand("{"+Classes[m.Label()]+"}", rng)
		if rng.IntN(4) == 0 { // typed in a hurry
			m.Text = strings.ToLower(m.Text)
		}
		if !seen[m.Text] {
			seen[m.Text] = true
			messages = append(messages, m)
		}
	}
	return messages
}

// expand replaces each {name} by one of the grammar's choices for that name, drawn
// at random, until none is left, and then each # by a random digit.
func expand(text string, rng *rand.Rand) string {
	for {
		before, rest, found := strings.Cut(text, "{")
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		choices := strings.Split(grammar[name], "|")
		text = before + choices[rng.IntN(len(choices))] + after
	}
	digits := []byte(text)
	for i, c := range digits {
		if c == '#' {
			digits[i] = byte('0' + rng.IntN(10))
		}
	}
	return string(digits)
}

// grammar lists what each {name} can become, with bars between the choices. No single
// word decides: friends, too, write of money and prizes and ask for a call, and some
// spam poses as a friend. Telephone numbers and sites come from ranges kept free for
// fiction.
var grammar = map[string]string{
	"ham": "{hi}{plan}{end}|{hi}{news}{end}|{plan} {news}{end}|{news} {plan}{end}|{hi}{money}{end}|{money} {plan}{end}|" +
		"{reply} {plan}{end}|{reply} {news}{end}|{reply}{end}|{plan}|{plan}|{news}|{money}|{hi}{bye}{end}|{bye}|" +
		"{reply} {bye}",
	"spam": "{shout} {won} {act} {small}|{won} {act} {small}|{shout} {offer} {act} {small}|{offer} {act} {small}|" +
		"{shout} {won} {act}|{offer} {act}|{pose} {small}|{pose}|{shout} {act}|{won} {act}|{won}|{shout} {won}|" +
		"{shout} {offer}",
	"hi":  "||Hi {name}, |Hey {name}! |{name}, |Morning {name}. |Hiya, |Mate, ",
	"end": "|| x| :)| lol| Love, {name}| {name}| Thanks!| Speak soon| xx",
	"reply": "Ok.|Yeah sure.|No worries.|Sorry, I was in the {place}.|Haha, no way!|Just got your message.|" +
		"Can't talk now, I'll call you at {time}.|Which one do you mean?",
	"bye": "See you at {time}|See you {day}!|See you at the {place}|See you soon|I'm on my way|Be there at {time}|" +
		"Good night|Happy birthday {name}!|Call me|Call me {day}|Call you {day}|Are you there?|Where are you?|" +
		"What's for dinner?|Home by {time}|Love you|Back at {time}|Thank you!",
	"plan": "Are you still coming to the {place} at {time}?|Meet me at the {place} {day}?|" +
		"Can you pick up {thing} from the {place}?|Call me when you get to the {place}.|" +
		"I'll be at the {place} by {time}.|Do you want to see {name} {day}?|Shall we get {thing} {day}?|" +
		"Text me if you're free {day}.|Please call {name} on 07700 900###, it's about {thing}.|" +
		"Don't forget {thing} for {name} {day}.|What time do you finish {day}?",
	"news": "{name} says the {place} was great.|The train is late again, home at {time}.|" +
		"I left {thing} at the {place}.|{name} got the job!|I passed my test!!|Still at the {place}, so tired.|" +
		"My phone died, this is {name}'s number.|{name} won {thing} in the school raffle!|" +
		"The {place} has free entry before {time}.|I can't find {thing} anywhere.|" +
		"{name} is in the {place} with {name}.|It rained all day here.|" +
		"Don't call 0909 879 0###, {name} says it's a trick.|Ha, I got a text that I won {prize}.|" +
		"{name} answered {word} to 8#### and now pays for it.",
	"money": "Did you get the £{1-9}# I sent you?|I owe you £{1-9}# for {thing}.|Can you lend me £{1-9}# until {day}?|" +
		"The tickets are £{1-9}# each, shall I get them?|{name} found £{1-9}# at the {place}, so we're rich.|" +
		"Can you claim back the £{1-9}# for {thing}?|We won £{1-9}# at the {place} quiz!|" +
		"{firm} owes me a £{1-9}## bonus.|My phone bill is £{1-9}## this month, I need a new offer.",
	"shout": "URGENT!|CONGRATULATIONS!|WINNER!!|Free msg:|FINAL NOTICE:|WIN!|WINNER!|Dear customer,|Hi,|1 new message:|" +
		"PRIVATE!|Hello {name},",
	"won": "You have won {prize}!|You have won!|You have won a prize!|Your prize is waiting.|You are a winner!|" +
		"You won {prize}!|Your number was picked to receive {prize}.|You are awarded {prize}.|" +
		"{prize} is waiting for you.|We tried to contact you about {prize}.|Your {firm} account is due {prize}.|" +
		"As a valued {firm} customer you get {prize}.",
	"offer": "Get {prize} from {firm} today.|Half price calls from {firm} for {1-9} months.|" +
		"Win {prize} in our weekly draw.|Free entry to win {prize}.|Upgrade to a new phone for £{1-9} a week.|" +
		"New ringtones every week, the first {1-9}# are free!|Meet singles near the {place} tonight.|" +
		"Loans from £{1-9}### even with bad credit.",
	"act": "Call now!|Call now to claim your prize.|Claim your prize now!|Claim {prize} now.|Reply now!|Call us today.|" +
		"Click {site}|Call 0909 879 0###.|Call 0909 879 0### now to claim.|Txt {word} to 8####.|" +
		"Reply {word} before {time}.|Reply {word} or call 08081 570 ###.|Visit {site} to claim.|" +
		"Claim at {site}, code {code}.|Send {word} to 8#### now!",
	"small": "T&Cs apply.|£1.50/msg.|150p per min, 18+.|To stop txt STOP.|Valid {1-9}# hrs only.|Std rates apply.|" +
		"Box {1-9}##, ends {day}.|Ref {code}.",
	"pose": "Hey, it's {name}, lost your number! Call me on 0909 879 0### x|" +
		"Hi, I saw you at the {place}. Chat to me, txt {word} to 8####|" +
		"Are you free tonight? {name} wants to meet you, reply {word}|" +
		"Someone you know fancies you. Find out who: call 0909 879 0###|" +
		"You have {1-9} missed calls from {name}. Listen on 0909 879 0###|" +
		"{name} sent you a picture message. See it at {site}|" +
		"Mum, it's me, my phone died. Send £{1-9}## {day} please, I'll explain|" +
		"It's {name} from the {place}, you owe us £{1-9}#. Pay at {site} by {time}",
	"name":  "Anna|Ben|Chloe|Dev|Emma|Farid|Grace|Hugo|Isla|Jack|Kemi|Liam|Maya|Noor|Olga|Priya|Ravi|Sam|Tom|Wei",
	"place": "pub|station|gym|library|office|market|cinema|school|bus stop|park|cafe|hospital|church|shop",
	"thing": "the keys|milk|a cake|my coat|the tickets|your book|some bread|a present|the charger|a pizza|two chairs|" +
		"that film",
	"day":  "today|tonight|tomorrow|on Monday|on Tuesday|on Friday|this weekend|after work|at lunch",
	"time": "{1-9}pm|half {1-9}|{1-9}.30|noon|six|eight|{1-9} o'clock",
	"prize": "a £{1-9}### prize|£{1-9}### cash|a holiday for 2|a £{1-9}## voucher|{1-9}## free minutes|" +
		"a new camera phone|a free iPod|£{1-9}## bonus|2 cup final tickets|a mystery gift",
	"firm": "MobileOne|TxtClub|Ringo|PrizeLine|your network|FonePlus|CashDirect",
	"word": "WIN|YES|CLAIM|PRIZE|GO|MUSIC|CHAT|CASH|PLAY",
	"site": "www.txt-##.example|prize##.example|www.fone##.example/win|club##.example",
	"1-9":  "1|2|3|4|5|6|7|8|9",
	"code": "K##|X####|##A#|BX#",
}
