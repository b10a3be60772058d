package citation

import (
	"net/url"
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// maxStamps bounds how many numbers in one path are tried as the timestamp of a copy: each try reads all that follows it.
const maxStamps = 8

// unarchived reads an address of a copy in a web archive: what it is a copy of, and when it was made. ok is false for any other
// address, and for archives that give their copies a code in place of the address (Perma.cc).
func unarchived(uri string) (original string, date ibid.Date, ok bool) {
	_, rest, _ := strings.Cut(uri, "://")
	host, path, _ := strings.Cut(rest, "/")
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	switch {
	case host == "webcitation.org":
		return webCitation(path)
	case host == "webcache.googleusercontent.com":
		return googleCache(path)
	}
	archive := archiveHosts[host]
	for i, stamps := 0, 0; i < len(path) && stamps < maxStamps; {
		n := digits(path[i:])
		if n >= 4 && n <= 14 && (i == 0 || path[i-1] == '/') {
			stamps++
			if original, ok := archivedCopy(path[i+n:], archive, n); ok {
				return original, stampDate(path[i : i+n]), true
			}
			if stamp, rest := dottedStamp(path[i:]); archive && stamp != "" {
				if original, ok := archivedCopy(rest, archive, len(stamp)); ok {
					return original, stampDate(stamp), true
				}
			}
		}
		next := strings.IndexByte(path[i:], '/')
		if next < 0 {
			break
		}
		i += next + 1
	}
	return "", "", false
}

// archivedCopy is the address that follows a timestamp of n digits in the path of a copy: "/http://…" or "id_/http://…". Only a
// known archive is believed a short timestamp, and an address without a scheme.
func archivedCopy(rest string, archive bool, n int) (string, bool) {
	if len(rest) > 3 && rest[2] == '_' && rest[3] == '/' {
		rest = rest[3:]
	}
	rest, ok := strings.CutPrefix(rest, "/")
	if !ok || rest == "" || !archive && (n != 14 || !startsScheme(fixedScheme(rest))) {
		return "", false
	}
	rest = fixedScheme(rest)
	if hasPrefixFold(rest, "http%3a") || hasPrefixFold(rest, "https%3a") {
		rest = unescaped(rest)
	}
	if !startsScheme(rest) {
		if dot := strings.IndexByte(rest, '.'); dot < 1 {
			return "", false
		}
		rest = "http://" + rest
	}
	original, ok := webAddress(rest)
	return original, ok && bareHost(original)
}

// fixedScheme gives back the slash that some take out of "http://" in a path.
func fixedScheme(s string) string {
	for _, scheme := range []string{"http:/", "https:/"} {
		if hasPrefixFold(s, scheme) && !strings.HasPrefix(s[len(scheme):], "/") {
			return s[:len(scheme)] + "/" + s[len(scheme):]
		}
	}
	return s
}

// dottedStamp reads the timestamp of archive.today's long form, "2013.05.12-093015".
func dottedStamp(s string) (stamp, rest string) {
	const form = "2006.01.02-150405"
	if len(s) < len(form) || s[4] != '.' || s[7] != '.' || s[10] != '-' {
		return "", ""
	}
	stamp = s[:4] + s[5:7] + s[8:10] + s[11:len(form)]
	if digits(stamp) != 14 {
		return "", ""
	}
	return stamp, s[len(form):]
}

// stampDate is the date of a timestamp, with the precision of a day at most: that of the author's look at the source.
func stampDate(stamp string) ibid.Date {
	date := stamp[:4]
	if len(stamp) >= 6 {
		date += "-" + stamp[4:6]
	}
	if len(stamp) >= 8 {
		date += "-" + stamp[6:8]
	}
	if d := ibid.Date(date); d.Valid() && date > "1990" {
		return d
	}
	return ""
}

// webCitation reads "query?url=http%3A%2F%2F…&date=2009-05-12".
func webCitation(path string) (string, ibid.Date, bool) {
	_, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", "", false
	}
	original, ok := webAddress(values.Get("url"))
	return original, metadataDate(values.Get("date")), ok && bareHost(original)
}

// googleCache reads "search?q=cache:CODE:http://…".
func googleCache(path string) (string, ibid.Date, bool) {
	_, query, _ := strings.Cut(path, "q=cache:")
	query, _, _ = strings.Cut(unescaped(query), " ")
	if i := strings.Index(query, "http"); i >= 0 {
		original, ok := webAddress(query[i:])
		return original, "", ok
	}
	return "", "", false
}

// archiveHosts are the web archives whose addresses hold a timestamp and the original address.
var archiveHosts = wordSet(`web.archive.org archive.org wayback.archive.org waybackmachine.org archive.today archive.is archive.ph archive.fo
	archive.li archive.md archive.vn wayback.archive-it.org webarchive.nationalarchives.gov.uk arquivo.pt webarchive.loc.gov
	vefsafn.is wayback.vefsafn.is webarchive.org.uk swap.stanford.edu sul-swap-prod.stanford.edu webharvest.gov collectionscanada.gc.ca
	webarchive.bac-lac.gc.ca webarchive.parliament.uk web.archive.org.au webarchive.nla.gov.au timetravel.mementoweb.org
	webarchive.proni.gov.uk wayback.webarchiv.cz webarchiv.cz webarchive.nrscotland.gov.uk haw.nsk.hr digar.ee
	nukrobi2.nuk.uni-lj.si:8080 wayback.nli.org.il webarchive.nli.org.il megalodon.jp web-archive.nli.org.il archive.wikiwix.com`)
