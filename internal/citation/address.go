package citation

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is one address that stands in running text.
type address struct {
	// Cited is text[Start:End], to the letter; URI is the usable form of it.
	Cited, URI string
	// Start and End are byte offsets in the text.
	Start, End int
	// Identifiers are those that the address itself carries, keyed as in ibid.Reference.
	Identifiers map[string]string
}

// maxAddress bounds the length in bytes of one address; a longer run of letters is not an address.
const maxAddress = 8192

// findAddresses returns the addresses that stand bare in text, in order: http, https and ftp addresses, hosts
// that begin with "www.", DOIs, arXiv ids, handles, URNs of national libraries, PMIDs and PMCIDs. E-mail addresses and templates
// ("https://example.org/{id}") are not addresses. Its time is linear in the length of text.
func findAddresses(text string) []address { return slices.Collect(addressesIn(text)) }

// addressesIn are those of findAddresses, found one after the other.
func addressesIn(text string) iter.Seq[address] {
	return func(yield func(address) bool) {
		for i, floor := 0, 0; i < len(text); {
			if !startsAddress[text[i]] {
				i++
				continue
			}
			start, end, printed := candidateAt(text, i, floor)
			if end <= i {
				i++
				continue
			}
			if a, ok := printedAddress(printed); ok {
				a.Cited, a.Start, a.End = text[start:end], start, end
				if !yield(a) {
					return
				}
			}
			i, floor = end, end
		}
	}
}

// printedAddress is the address that is printed so in running text; ok is false if it is none.
func printedAddress(printed string) (a address, ok bool) {
	if printed == "" {
		return a, false
	}
	uri, ok := repairAddress(printed)
	if !ok || !bareHost(uri) {
		return a, false
	}
	return address{URI: uri, Identifiers: identifiersOf(uri)}, true
}

// startsAddress marks the bytes at which candidateAt looks: "://", "hdl:" and "urn:", "www.", "10.", "arXiv", "PMID" and the
// slash of an old arXiv id or of a resolver. Everything else is passed over at the cost of one look-up.
var startsAddress = [256]bool{':': true, 'w': true, 'W': true, '1': true, 'a': true, 'A': true, 'p': true, 'P': true, '/': true}

// candidateAt looks for an address with its mark at text[i]; what lies before floor belongs to an earlier one.
// It returns where the address stands and what to repair; end is 0 if there is nothing, and printed is empty
// if what stands there is not to be used.
func candidateAt(text string, i, floor int) (start, end int, printed string) {
	switch text[i] {
	case ':':
		return schemeAt(text, i, floor)
	case 'w', 'W':
		if !hasPrefixFold(text[i:], "www.") || !wordStart(text, i, floor) {
			return 0, 0, ""
		}
		return delimited(text, i, i+len("www."))
	case '1':
		return doiAt(text, i, floor)
	case 'a', 'A':
		return arxivAt(text, i, floor)
	case 'p', 'P':
		return pubMedAt(text, i, floor)
	default:
		if start := i - len("hdl.handle.net"); hasSuffixFold(text[floor:i], "hdl.handle.net") && wordStart(text, start, floor) {
			return identifierRun(text, start, i+1)
		}
		return oldArxivAt(text, i, floor)
	}
}

// schemeAt finds an address by the colon after its scheme. A letter directly before "http" is taken for a
// word that lost its space: "seehttp://".
func schemeAt(text string, i, floor int) (start, end int, printed string) {
	before := text[floor:i]
	if !strings.HasPrefix(text[i:], "://") {
		if start := i - len("hdl"); hasSuffixFold(before, "hdl") && wordStart(text, start, floor) {
			return identifierRun(text, start, i+1)
		}
		return urnAt(text, i, floor)
	}
	for _, scheme := range []string{"https", "http", "ftp"} {
		if !hasSuffixFold(before, scheme) {
			continue
		}
		start = i - len(scheme)
		if scheme == "ftp" && !wordStart(text, start, floor) {
			return 0, 0, ""
		}
		if s, e, p := angleBracketed(text, start); e > 0 {
			return s, e, p
		}
		return delimited(text, start, i+len("://"))
	}
	return 0, 0, ""
}

// angleBracketed handles "<http://…>" and "<URL:http://…>", where an address may be broken over lines
// (RFC 3986, appendix C). Any other white space inside leaves it to the ordinary rule.
func angleBracketed(text string, start int) (int, int, string) {
	before := text[:start]
	if !strings.HasSuffix(before, "<") && !hasSuffixFold(before, "<url:") {
		return 0, 0, ""
	}
	inside := text[start:min(len(text), start+maxAddress)]
	length := strings.IndexAny(inside, "<>")
	if length < 0 || inside[length] == '<' {
		return 0, 0, ""
	}
	inside = inside[:length]
	if !strings.ContainsAny(inside, " \t\r\n\f") {
		return start, start + length, inside
	}
	joined, ok := unbroken(inside)
	if !ok {
		return 0, 0, ""
	}
	return start, start + length, joined
}

// unbroken takes the line breaks, and the indents after them, out of an address. ok is false if there is
// other white space in it.
func unbroken(s string) (joined string, ok bool) {
	var b strings.Builder
	for line := range strings.Lines(s) {
		part := strings.TrimSpace(line)
		if strings.ContainsAny(part, " \t") {
			return "", false
		}
		b.WriteString(part)
	}
	return b.String(), strings.Contains(s, "\n")
}

// delimited finds the end of the address that begins at start and whose host begins at host.
func delimited(text string, start, host int) (int, int, string) {
	end, usable := addressEnd(text, host)
	end = trimEnd(text, start, end)
	if end <= host {
		return 0, 0, ""
	}
	if !usable || shortened(text, start, end) {
		return start, end, ""
	}
	return start, end, text[start:end]
}

// addressEnd returns where the address ends whose host begins at text[host], before trailing punctuation is
// taken off, and whether it is usable: a template is not.
func addressEnd(text string, host int) (end int, usable bool) {
	limit := min(len(text), host+maxAddress)
	var open brackets
	part, foreign := inHost, false
	for i := host; i < limit; {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			if stopsAddress(r) || (ideographic(r) && !foreign && i > host && (part == inHost || isAlnum(text[i-1]))) {
				return open.end(i), true
			}
			foreign = foreign || ideographic(r)
			i += size
			continue
		}
		switch {
		case c == '?':
			part = inQuery
		case c == '/' || c == '#':
			part = max(part, inPath)
		case c == '<' && placeholder(text[host:i], text[i:]), c == '{', c == '$' && placeholderVariable(text[i+1:]):
			return templateEnd(text, i), false
		case !addressByte[c], !open.take(c, i, part) && i > host:
			return open.end(i), true
		case (c == ',' || c == ';') && startsScheme(text[i+1:]):
			return open.end(i), true
		case c == '&' && quotedEntity(text[i:]):
			return open.end(i), true
		}
		i++
	}
	end = open.end(limit)
	return end, limit == len(text) || limit-host < maxAddress
}

// addressByte marks the ASCII bytes that may stand in an address in running text.
var addressByte = func() (set [256]bool) {
	for c := byte('!'); c < 0x7f; c++ {
		set[c] = !strings.ContainsRune("\"<>\\^`|{}", rune(c))
	}
	return set
}()

// The parts of an address that addressEnd goes through.
const (
	inHost = iota
	inPath
	inQuery
)

// brackets follows the nesting of brackets in an address.
type brackets struct {
	round, square int
	// opened is where the outermost bracket that is still open was opened.
	opened int
}

// take goes over the byte c at offset i and says whether it belongs to the address: round brackets not in the host, square ones
// only in the query, where forms put them; elsewhere they hold the mark of a note.
func (b *brackets) take(c byte, i, part int) bool {
	switch c {
	case '(':
		if b.round+b.square == 0 {
			b.opened = i
		}
		b.round++
		return part > inHost
	case ')':
		b.round--
		return b.round >= 0
	case '[':
		if b.round+b.square == 0 {
			b.opened = i
		}
		b.square++
		return part == inQuery
	case ']':
		b.square--
		return b.square >= 0
	}
	return true
}

// end is where an address ends that was cut at offset i: before a bracket that was never closed.
func (b *brackets) end(i int) int {
	if b.round > 0 || b.square > 0 {
		return min(i, b.opened)
	}
	return i
}

// trimEnd takes punctuation off the end of text[start:end] that belongs to the sentence.
func trimEnd(text string, start, end int) int {
	emphasised := start > 0 && (text[start-1] == '*' || text[start-1] == '_')
	for end > start {
		s := text[start:end]
		switch c := s[len(s)-1]; {
		case strings.IndexByte(".,;:!?'*~&\\", c) >= 0, c == '_' && emphasised:
			end--
		case strings.HasSuffix(s, "'s"):
			end -= len("'s")
		case strings.HasSuffix(s, "--"):
			end -= len("--")
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeLastRuneInString(s)
			if !unicode.Is(unicode.Pd, r) && !invisible(r) {
				return end
			}
			end -= size
		default:
			return end
		}
	}
	return end
}

// shortened says whether an ellipsis or a star stands for the rest of text[start:end]: "https://example.org/…".
func shortened(text string, start, end int) bool {
	if text[end-1] != '/' {
		return false
	}
	after := text[end:]
	return strings.HasPrefix(after, "...") || strings.HasPrefix(after, "…") ||
		strings.HasPrefix(after, "*") && (start == 0 || text[start-1] != '*')
}

// templateEnd returns the end of the word that text[i] stands in.
func templateEnd(text string, i int) int {
	limit := min(len(text), i+maxAddress)
	if n := strings.IndexAny(text[i:limit], " \t\r\n\""); n >= 0 {
		return i + n
	}
	return limit
}
