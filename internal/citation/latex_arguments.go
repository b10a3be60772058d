package citation

import "math"

// argument reads the next argument in braces; empty if there is none.
func (r *texPassages) argument() string {
	arg, end, ok := r.group()
	if ok {
		r.i = end
	}
	return arg
}

// group is texGroup here, at a cost that does not grow with the groups that are not closed.
func (r *texPassages) group() (arg string, end int, ok bool) {
	if r.closing == nil {
		r.closing = texPairs(r.s)
	}
	i := r.i
	for i < len(r.s) && isSpaceByte(r.s[i]) {
		i++
	}
	if i >= len(r.s) || r.closing[i] == 0 || int(r.closing[i])-i > maxGroup {
		return "", i, false
	}
	return r.s[i+1 : r.closing[i]], int(r.closing[i]) + 1, true
}

// texPairs are the ends of the groups of s, by where they begin.
func texPairs(s string) []int32 {
	pairs := make([]int32, len(s))
	var open []int32
	for i := 0; i < len(s) && i < math.MaxInt32; i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			open = append(open, int32(i)) //nolint:gosec // bounded by the loop
		case '}':
			if n := len(open) - 1; n >= 0 {
				pairs[open[n]] = int32(i) //nolint:gosec // bounded by the loop
				open = open[:n]
			}
		}
	}
	return pairs
}

// optional is the argument after one in square brackets.
func (r *texPassages) optional() string {
	r.option()
	return r.argument()
}

// maxOption bounds the length of an argument in square brackets, in bytes.
const maxOption = 2000

// option goes over an argument in square brackets.
func (r *texPassages) option() string {
	if r.i >= len(r.s) || r.s[r.i] != '[' {
		return ""
	}
	depth := 0
	for j := r.i + 1; j < len(r.s) && j-r.i < maxOption; j++ {
		switch r.s[j] {
		case '{':
			depth++
		case '}':
			depth--
		case ']':
			if depth <= 0 {
				inside := r.s[r.i+1 : j]
				r.i = j + 1
				return inside
			}
		}
	}
	return ""
}

// groupEnd is where the group ends that s is the rest of; 0 if that is not near.
func groupEnd(s string) int {
	depth := 0
	for i := range min(len(s), 2*maxTitle) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return 0
}
