package tokens

func LearnFromWords(words []string, counts []int, n int) []Merge {
	pieces := make([][]int, len(words))
	for i, word := range words {
		for _, c := range word {
			pieces[i] = append(pieces[i], int(c))
		}
	}
	var merges []Merge
	for len(merges) < n {
		times := map[Merge]int{}
		var pairs []Merge // in the order in which they first occur
		for i, piece := range pieces {
			for j := 1; j < len(piece); j++ {
				pair := Merge{Left: piece[j-1], Right: piece[j]}
				if _, seen := times[pair]; !seen {
					pairs = append(pairs, pair)
				}
				times[pair] += counts[i]
			}
		}
		var best Merge
		most := 1
		for _, pair := range pairs {
			if times[pair] > most {
				best, most = pair, times[pair]
			}
		}
		if most < 2 {
			break
		}
		best.Token = 256 + len(merges)
		for i := range pieces {
			pieces[i] = best.Apply(pieces[i])
		}
		merges = append(merges, best)
	}
	return merges
}
