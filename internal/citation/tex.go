package citation

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// plainTeX is the text that a piece of TeX shows: accents are put on their letters, commands and braces taken out. An address in
// \url or \href stays as it is.
func plainTeX(s string) string {
	if !strings.ContainsAny(s, "\\{}~$-`'") {
		return folded(s)
	}
	t := texReader{s: s}
	t.all()
	return folded(norm.NFC.String(t.out.String()))
}

// texReader writes what TeX shows.
type texReader struct {
	s   string
	i   int
	out strings.Builder
}

func (t *texReader) all() {
	for t.i < len(t.s) {
		switch c := t.s[t.i]; c {
		case '\\':
			t.command()
		case '{', '}', '$':
			t.i++
		case '~':
			t.out.WriteByte(' ')
			t.i++
		case '-':
			n := runOf(t.s[t.i:], '-')
			t.out.WriteString([]string{"-", "–", "—"}[min(n, 3)-1])
			t.i += n
		case '`', '\'':
			t.quote(c)
		default:
			t.out.WriteByte(c)
			t.i++
		}
	}
}

func (t *texReader) quote(c byte) {
	n := runOf(t.s[t.i:], c)
	switch {
	case n == 2 && c == '`':
		t.out.WriteString("“")
	case n == 2:
		t.out.WriteString("”")
	case c == '\'':
		t.out.WriteString(t.s[t.i : t.i+n])
	}
	t.i += n
}

func runOf(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// command reads what begins with a backslash.
func (t *texReader) command() {
	name, end := texCommand(t.s, t.i)
	t.i = end
	switch {
	case name == "url" || name == "nolinkurl" || name == "path":
		if arg, end, ok := texGroup(t.s, t.i); ok {
			t.out.WriteString(texAddress(arg))
			t.i = end
		}
	case name == "href":
		if _, end, ok := texGroup(t.s, t.i); ok {
			t.i = end
		}
	case texAccents[name] != 0 && strings.HasPrefix(t.s[t.i:], "{}"):
		t.out.WriteString(name) // the accent alone: "\~{}"
		t.i += len("{}")
	case texAccents[name] != 0:
		t.accent(texAccents[name])
	case texLetters[name] != "":
		t.out.WriteString(texLetters[name])
	case len(name) == 1 && !isAlnum(name[0]):
		if strings.IndexByte(`&%$#_{}-, /`, name[0]) >= 0 {
			t.out.WriteByte(name[0])
		} else if name == "\\" {
			t.out.WriteByte(' ')
		}
	}
}

// accent puts a combining mark on the next letter, which may stand in braces.
func (t *texReader) accent(mark rune) {
	for t.i < len(t.s) && strings.IndexByte("{ \\", t.s[t.i]) >= 0 {
		t.i++
	}
	if t.i >= len(t.s) {
		return
	}
	for i, r := range t.s[t.i:] {
		if i > 0 {
			t.i += i - 1
			break
		}
		t.out.WriteRune(r)
		t.out.WriteRune(mark)
	}
	t.i++
}

// texCommand reads the name of the command whose backslash is s[i], and where what follows it begins: the white space after a
// word belongs to it.
func texCommand(s string, i int) (name string, end int) {
	end = i + 1
	for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] >= 'A' && s[end] <= 'Z' || s[end] == '@') {
		end++
	}
	if end == i+1 {
		end = min(end+1, len(s))
		return s[i+1 : end], end
	}
	name = s[i+1 : end]
	if end < len(s) && s[end] == '*' {
		end++
	}
	for end < len(s) && isSpaceByte(s[end]) {
		end++
	}
	return name, end
}

// texGroup reads the argument in braces at s[i], after white space. ok is false if there is none, or no end of it.
func texGroup(s string, i int) (arg string, end int, ok bool) {
	for i < len(s) && isSpaceByte(s[i]) {
		i++
	}
	if i >= len(s) || s[i] != '{' {
		return "", i, false
	}
	depth := 0
	for j := i; j < len(s) && j-i < maxGroup; j++ {
		switch s[j] {
		case '\\':
			j++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[i+1 : j], j + 1, true
			}
		}
	}
	return "", i, false
}

// maxGroup bounds the length of one argument in bytes.
const maxGroup = 64 << 10

// texAddress is the address that TeX makes of s: its escapes are undone, its braces and breaks taken out.
func texAddress(s string) string {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\\{}$\n\t ") {
		s = texAddressEscapes.Replace(s)
		s = strings.Join(strings.Fields(s), "")
	}
	return s
}

var texAddressEscapes = strings.NewReplacer(
	`\url`, "", `\_`, "_", `\%`, "%", `\&`, "&", `\#`, "#", `\$`, "$", `\~{}`, "~", `\~`, "~", `{\textasciitilde}`, "~", `\textasciitilde{}`, "~",
	`\textasciitilde`, "~", `$\sim$`, "~", `{\_}`, "_", `\-`, "", `\slash`, "/", `\textunderscore`, "_", `\allowbreak`, "", `\string`, "", "{", "", "}", "",
)

// texAccents are the combining marks that commands put on the letter after them.
var texAccents = map[string]rune{
	"`": 0x300, "'": 0x301, "^": 0x302, "~": 0x303, "=": 0x304, "u": 0x306, ".": 0x307, "\"": 0x308, "r": 0x30a, "H": 0x30b,
	"v": 0x30c, "d": 0x323, "c": 0x327, "k": 0x328, "b": 0x331,
}

// texLetters are the letters and signs that have a command of their own.
var texLetters = map[string]string{
	"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "i", "j": "j",
	"dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘",
	"textquotedblleft": "“", "textquotedblright": "”", "guillemotleft": "«", "guillemotright": "»", "og": "«", "fg": "»", "ldots": "…", "dots": "…",
	"textasciitilde": "~", "textunderscore": "_", "textbackslash": "\\", "S": "§", "P": "¶", "copyright": "©", "par": " ", "newline": " ", "quad": " ",
	"newblock": " ", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "bibrangedash": "–", "textregistered": "®", "texttrademark": "™",
}
