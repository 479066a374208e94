package judge

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	thought = regexp.MustCompile(`(?s)^.*</think>`)                           // what some models think aloud first
	outOf   = regexp.MustCompile(`(?i)\s*(?:/|\bout of|\bof)\s*(?:a )?100\b`) // "85/100", "85 out of 100"
	scale   = regexp.MustCompile(`(?i)\b0\s*(?:to|-|–)\s*100\b`)              // "on the scale from 0 to 100"
	number  = regexp.MustCompile(`[-−]?\d[\d.,]*`)
	alone   = regexp.MustCompile(`(?im)^\W*(?:score|grade)?\W*(\d+)\W*$`) // a line that is nothing else
)

// Parse finds the score in a model's reply: the whole number from 0 to 100 in
// it, however it is dressed. Where there are several, one of them must have a
// line to itself; any doubt is no score.
func Parse(reply string) (score int, ok bool) {
	reply = thought.ReplaceAllString(reply, "")
	reply = scale.ReplaceAllString(reply, " ")
	reply = outOf.ReplaceAllString(reply, "")
	if score, ok := agreed(number.FindAllString(reply, -1)); ok {
		return score, true
	}
	var lines []string
	for _, match := range alone.FindAllStringSubmatch(reply, -1) {
		if strings.ContainsAny(match[0], "-−") {
			return 0, false
		}
		lines = append(lines, match[1])
	}
	return agreed(lines)
}

// agreed is the score that all of these texts are.
func agreed(texts []string) (score int, ok bool) {
	score = -1
	for _, text := range texts {
		n, err := strconv.Atoi(strings.TrimRight(text, ".,"))
		if err != nil || n < 0 || n > 100 || score >= 0 && score != n {
			return 0, false
		}
		score = n
	}
	return score, score >= 0
}
