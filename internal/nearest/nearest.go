// Package nearest finds the word that a misspelled one was most likely meant
// to be.
package nearest

// Word returns the word that given is most likely a misspelling of, or nothing
// if none is near.
func Word(given string, words []string) string {
	// Two slips in a long word are still the word; in a short one they are not.
	best, limit := "", min(len(given)/3, 2)
	for _, w := range words {
		if d := distance(given, w); d <= limit {
			best, limit = w, d-1
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
