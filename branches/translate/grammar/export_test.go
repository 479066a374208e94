package grammar

// What tests look at.
var (
	EnglishClock = englishClock
	ChineseClock = chineseClock
	Rules        = rules
	Numbers      = numbers
)
