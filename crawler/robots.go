package crawler

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// robotsLimit is how much of a robots.txt counts, in bytes (RFC 9309, 2.5).
const robotsLimit = 500 << 10

// robots are the rules of one robots.txt for our product token (RFC 9309). The parsers at hand match by
// prefix of the token, refuse a whole file for one bad line, do not anchor wildcards and let "disallow" win
// ties; so this is our own.
type robots struct {
	rules []robotsRule
	delay time.Duration
}

type robotsRule struct {
	allow   bool
	pattern string // percent-encoding in normal form
}

// parseRobots reads a file. Groups that name product are joined; where there is none, those of "*" count.
// Lines that say nothing known are passed over, and so are rules before the first group.
func parseRobots(file []byte, product string) *robots {
	if len(file) > robotsLimit {
		file = file[:robotsLimit]
	}
	file = bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))
	var ours, everyones robots
	named, forUs, forAll, inRules := false, false, false, true
	for line := range bytes.FieldsFuncSeq(file, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := robotsLine(line)
		if key == "user-agent" {
			if inRules {
				forUs, forAll, inRules = false, false, false
			}
			us := strings.EqualFold(productToken(value), product)
			forUs, forAll, named = forUs || us, forAll || value == "*", named || us
			continue
		}
		if key != "allow" && key != "disallow" && key != "crawl-delay" {
			continue // Such a line ends no group: RFC 9309, 2.2.4.
		}
		inRules = true
		if forUs {
			ours.add(key, value)
		}
		if forAll {
			everyones.add(key, value)
		}
	}
	if named {
		return &ours
	}
	return &everyones
}

func robotsLine(line []byte) (key, value string) {
	text, _, _ := bytes.Cut(line, []byte{'#'})
	k, v, ok := bytes.Cut(text, []byte{':'})
	if !ok {
		return "", ""
	}
	return strings.ToLower(string(bytes.TrimSpace(k))), string(bytes.TrimSpace(v))
}

// productToken is the part of a user-agent line that counts: "ibid" of "ibid/1.0 (archiver)" (RFC 9309, 2.2.1).
func productToken(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end >= 0 {
		return s[:end]
	}
	return s
}

func (r *robots) add(key, value string) {
	if key == "crawl-delay" {
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			r.delay = time.Duration(min(s, maxCrawlDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" {
		return // An empty rule matches nothing.
	}
	if value[0] != '/' && value[0] != '*' {
		value = "/" + value
	}
	r.rules = append(r.rules, robotsRule{allow: key == "allow", pattern: normalEscapes(value)})
}

// allows judges a path with its query: the longest matching pattern counts; of equal ones, "allow" does
// (RFC 9309, 2.2.2).
func (r *robots) allows(path string) bool {
	path = normalEscapes(path)
	if path == "/robots.txt" {
		return true
	}
	longest, allowed := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < longest || n == longest && (allowed || !rule.allow) {
			continue
		}
		if matchRobots(rule.pattern, path) {
			longest, allowed = n, rule.allow
		}
	}
	return allowed
}

// matchRobots matches pattern, with '*' for any run and '$' at its end for the end, from the start of path.
// It takes time in the product of both lengths at most.
func matchRobots(pattern, path string) bool {
	anchored := strings.HasSuffix(pattern, "$")
	if anchored {
		pattern = pattern[:len(pattern)-1]
	} else {
		pattern += "*"
	}
	p, s, star, from := 0, 0, -1, 0
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, s
			p++
		case p < len(pattern) && pattern[p] == path[s]:
			p++
			s++
		case star >= 0:
			from++
			p, s = star+1, from
		default:
			return false
		}
		if p == len(pattern) && p > 0 && pattern[p-1] == '*' {
			return true
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// normalEscapes brings octets to one form: unreserved ASCII is plain, all else that is not ASCII is escaped,
// with hexadecimal digits in upper case (RFC 9309, 2.2.2; RFC 3986, 6.2.2).
func normalEscapes(s string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := range len(s) {
		plain = plain && s[i] != '%' && s[i] < 0x80 && s[i] > ' '
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := c == '%' && escapes(s[i:])
		if escaped {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8) // Both are hexadecimal digits.
			c = byte(n)
			i += 2
		}
		if unreserved(c) || !escaped && c > ' ' && c < 0x7f {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
