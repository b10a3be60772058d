package linkhealth

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// registrable is the part of a host that somebody has registered: "gov.example" of "www.gov.example"; of an address
// of numbers, and of a public suffix, the host itself.
func registrable(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// looksLike says how plainly domain b is another than a but made to be taken for it: written with letters that look the
// same, or one letter away, which honest names can be as well. Both are registrable domains in lower case.
func looksLike(a, b string) (weight int) {
	nameA, suffixA, _ := strings.Cut(a, ".")
	nameB, suffixB, _ := strings.Cut(b, ".")
	switch {
	case nameA == nameB:
		return 0 // the same name elsewhere is mostly the same owner
	case skeleton(shown(nameA)) == skeleton(shown(nameB)):
		return strong
	case suffixA == suffixB && min(len(nameA), len(nameB)) >= 6 && oneAway(nameA, nameB):
		return fair
	}
	return 0
}

// shown is a label as people read it (RFC 5890, U-label).
func shown(label string) string {
	if !strings.HasPrefix(label, "xn--") {
		return label
	}
	u, err := idna.Punycode.ToUnicode(label)
	if err != nil {
		return label
	}
	return u
}

// skeleton replaces letters by those that they look like, for the alphabets that names are mimicked with (a small part
// of Unicode TR 39, 4).
func skeleton(s string) string {
	s = strings.TrimSpace(fold(lookalikes.Replace(strings.ToLower(s)))) // a hyphen is a space then
	return pairs.Replace(s)
}

var (
	// pairs are letters beside each other that look like one, and figures that look like letters.
	pairs = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l")
	// lookalikes are Cyrillic and Greek letters, and some of the Latin ones of other languages.
	lookalikes = strings.NewReplacer("а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m",
		"н", "h", "о", "o", "р", "p", "ԛ", "q", "г", "r", "ѕ", "s", "т", "t", "у", "y", "ԝ", "w", "х", "x", "ѵ", "v",
		"α", "a", "ε", "e", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ı", "i", "ɡ", "g", "ḷ", "l", "ł", "l", "ø", "o", "đ", "d")
)

// oneAway says whether a and b differ by one letter that is added, left out or another, or by two that are swapped. A
// figure is no letter: what is held each year has a name for each year.
func oneAway(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if i < len(b) && b[i] >= '0' && b[i] <= '9' {
		return false
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
