package scheduler

import "strings"

// likeliest returns the one of all that text was most likely meant to be: the one that shares the most with it
// at both ends. Of several, it is the shortest, and of those the first.
func likeliest(text string, all []string) string {
	best, most := "", -1
	for _, candidate := range all {
		n := shared(strings.ToLower(text), strings.ToLower(candidate))
		if n > most || n == most && len(candidate) < len(best) {
			best, most = candidate, n
		}
	}
	return best
}

// shared counts the bytes that a and b have in common at their beginning and, of the rest, at their end.
func shared(a, b string) int {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	a, b = a[head:], b[head:]
	tail := 0
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head + tail
}
