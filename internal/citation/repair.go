package citation

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// repairAddress makes the absolute, usable address out of one address as it is printed: angle brackets, quotes and trailing
// punctuation are taken off, invisible characters and line breaks taken out, what is not ASCII is percent-encoded (RFC
// 3987, 3.1) or, in the host, put into Punycode; "www." gets a scheme, DOIs, arXiv ids, handles, PMIDs, PMCIDs and URNs of
// national libraries the address of their resolver. ok is false for anything else, templates among it.
func repairAddress(printed string) (uri string, ok bool) {
	if len(printed) > maxAddress {
		return "", false
	}
	s := unwrapped(printed)
	switch {
	case hasPrefixFold(s, "doi:"):
		return doiAddress(strings.TrimSpace(s[len("doi:"):]))
	case hasPrefixFold(s, "arxiv:"):
		return arxivAddress(s[len("arxiv:"):])
	case hasPrefixFold(s, "hdl:"), hasPrefixFold(s, "hdl.handle.net/"):
		id := s[strings.IndexAny(s, ":/")+1:]
		uri, ok = encoded("https://hdl.handle.net/", id, identifierSafe)
		return uri, ok && id != ""
	case hasPrefixFold(s, "urn:nbn:"):
		return encoded("https://nbn-resolving.org/", s, identifierSafe)
	case hasPrefixFold(s, "pmid:"), hasPrefixFold(s, "pmcid:"):
		label, id, _ := strings.Cut(s, ":")
		return pubMedAddress(strings.ToLower(label), id)
	case hasPrefixFold(s, "doi.org/"), hasPrefixFold(s, "dx.doi.org/"):
		return doiAddress(s[strings.IndexByte(s, '/')+1:])
	case doiPrefix(s) > 0:
		return doiAddress(s)
	case arxivID(s) > 0 && arxivID(s) == len(s):
		return arxivAddress(s)
	case hasPrefixFold(s, "www."):
		s = "http://" + s
	}
	return webAddress(s)
}

// linkAddress makes the absolute, usable address out of the destination of a link, where the author has said
// where the address begins and ends.
func linkAddress(href string) (uri string, ok bool) {
	s := withoutInvisible(strings.TrimSpace(href))
	if len(s) > maxAddress {
		return "", false
	}
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	}
	if strings.HasPrefix(s, "www.") || hasPrefixFold(s, "doi:") {
		return repairAddress(s)
	}
	return webAddress(s)
}

// unwrapped takes off what stands around an address and what cannot be seen in it.
func unwrapped(s string) string {
	s = strings.TrimSpace(withoutInvisible(s))
	s = strings.TrimLeft(s, "<«“\"'([")
	if hasPrefixFold(s, "url:") {
		s = s[len("url:"):]
	}
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\r\n") {
		if joined, ok := unbroken(s); ok {
			s = joined
		}
	}
	if i := strings.IndexAny(s, "<>"); i >= 0 && doiPrefix(strings.TrimPrefix(strings.ToLower(s), "doi:")) == 0 {
		s = s[:i]
	}
	host := 0
	if i := strings.Index(s, "://"); i >= 0 {
		host = i + len("://")
	}
	if end, usable := addressEnd(s, host); usable && !siciPages(s[min(end, len(s)):]) {
		s = s[:end]
	}
	s = s[:trimEnd(s, 0, len(s))]
	return strings.ReplaceAll(s, "&amp;", "&")
}

func withoutInvisible(s string) string {
	if strings.IndexFunc(s, invisible) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}

func doiAddress(doi string) (string, bool) {
	n := doiPrefix(doi)
	if n == 0 || n == len(doi) || strings.Contains(doi, "/...") { // shortened
		return "", false
	}
	return encoded("https://doi.org/", doi, identifierSafe)
}

// encoded is the address of begin and rest, which is encoded; ok is false where that is longer than an address may be.
func encoded(begin, rest, safe string) (uri string, ok bool) {
	if uri = begin + percentEncoded(rest, safe); len(uri) > maxAddress {
		return "", false
	}
	return uri, true
}

func arxivAddress(id string) (string, bool) {
	id = strings.TrimLeft(id, ": ")
	if arxivID(id) == 0 || arxivID(id) != len(id) {
		return "", false
	}
	return "https://arxiv.org/abs/" + id, true
}

// webAddress checks and encodes an absolute http, https or ftp address.
func webAddress(s string) (string, bool) {
	scheme, rest, found := strings.Cut(s, ":")
	scheme = strings.ToLower(scheme)
	if !found || scheme != "http" && scheme != "https" && scheme != "ftp" {
		return "", false
	}
	rest, found = strings.CutPrefix(strings.ReplaceAll(rest, "\\", "/"), "//")
	if !found {
		return "", false
	}
	n := strings.IndexAny(rest, "/?#")
	if n < 0 {
		n = len(rest)
	}
	authority, ok := usableAuthority(rest[:n])
	if !ok || template(rest[n:]) {
		return "", false
	}
	return encoded(scheme+"://"+authority, rest[n:], pathSafe)
}

// template says whether a path holds something to be filled in, or was shortened with an ellipsis.
func template(path string) bool {
	if strings.Contains(path, "/...") || strings.Contains(path, "/…") {
		return true
	}
	i := strings.IndexByte(path, '{')
	return i >= 0 && strings.IndexByte(path[i:], '}') > 1
}

// usableAuthority checks "user@host:port" and returns it with the host in lower-case ASCII.
func usableAuthority(s string) (string, bool) {
	user := ""
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		user, s = percentEncoded(s[:at+1], pathSafe), s[at+1:]
	}
	host, port := s, ""
	if colon := strings.LastIndexByte(s, ':'); colon > strings.LastIndexByte(s, ']') {
		host, port = s[:colon], s[colon:]
		if len(port) > 6 || digits(port[1:]) != len(port)-1 {
			return "", false
		}
	}
	host, ok := usableHost(host)
	return user + host + strings.TrimSuffix(port+":", ":"), ok
}

func usableHost(host string) (string, bool) {
	if inside, ok := strings.CutPrefix(host, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inside, "]"))
		return host, err == nil && addr.Is6()
	}
	ascii := host
	if strings.IndexByte(host, '%') >= 0 {
		ascii = unescaped(host)
	}
	for i := range len(ascii) {
		if ascii[i] >= utf8.RuneSelf {
			encoded, err := idna.Lookup.ToASCII(strings.ToLower(ascii))
			if err != nil {
				return "", false
			}
			ascii = encoded
			break
		}
	}
	single := strings.IndexByte(ascii, '.') < 0
	if single && ascii == strings.ToUpper(ascii) { // HOST, SERVER: to be filled in
		return "", false
	}
	ascii = strings.ToLower(ascii)
	return ascii, validHost(ascii)
}

// validHost checks the labels of a host name: letters, digits, "-" and "_" (which occurs on the live web).
func validHost(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isAlnum(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// bareHost says whether the host of uri is one that is recognised in running text: with a dot in it and a
// top-level domain of letters, an IP address, or localhost.
func bareHost(uri string) bool {
	_, rest, _ := strings.Cut(uri, "://")
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		rest = rest[:n]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if strings.HasPrefix(rest, "[") {
		return true // checked by usableHost
	}
	host, _, _ := strings.Cut(rest, ":")
	host = strings.TrimSuffix(host, ".")
	dot := strings.LastIndexByte(host, '.')
	if digits(host[dot+1:]) == 0 {
		return host == "localhost" || dot > 0 && len(host)-dot > 2
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

const (
	// pathSafe are the ASCII marks that stay as they are in path, query and fragment (WHATWG URL, 1.3).
	pathSafe = "!$&'()*+,-./:;=?@[]_~%#|^"
	// identifierSafe are those that stay in an identifier that becomes a path.
	identifierSafe = "!$&'()*+,-./:;=@_~"
)

// percentEncoded encodes every byte that is neither a letter, a digit nor in safe. A "%" that begins no escape is encoded too.
func percentEncoded(s, safe string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = safeByte(s, i, safe)
	}
	if clean {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if safeByte(s, i, safe) {
			b.WriteByte(s[i])
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[s[i]>>4])
		b.WriteByte(hex[s[i]&15])
	}
	return b.String()
}

func safeByte(s string, i int, safe string) bool {
	c := s[i]
	if c == '%' {
		return i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) && strings.IndexByte(safe, '%') >= 0
	}
	return isAlnum(c) || strings.IndexByte(safe, c) >= 0
}

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
