package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParseScore: a score is a number from 0 to 100 that stands in the reply, and another
// line with another number leaves a doubt, so that there is none.
func FuzzParseScore(f *testing.F) {
	for _, reply := range []string{
		"85", "**85**/100", "Score: 85\n\nIt names 2 of the 3 planets.", "<think>60? 65.</think>\n\n70", "0-100: 12", "60\n70", "-5\n85",
		"1,000", "8.5", "99999999999999999999", "−5", "100 out of 100", "\xff85\x00", "the byte \xa3 85", "٨٥", "", "\r\n85\r\n",
	} {
		f.Add(reply)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		score, ok := parseScore(reply)
		if !ok {
			return
		}
		require.True(t, 0 <= score && score <= 100, score)
		require.Contains(t, reply, strconv.Itoa(score))
		if !strings.Contains(reply, "think>") {
			_, ok = parseScore(reply + "\n" + strconv.Itoa((score+1)%100) + "\n" + strconv.Itoa((score+2)%100))
			require.False(t, ok, "after %q", reply)
		}
	})
}
