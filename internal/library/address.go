package library

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxAddress bounds an address, in bytes.
const maxAddress = 4000

// replayed is the path under which an archive shows another address (Wayback): the original is what is meant.
var replayed = regexp.MustCompile(`^/(?:[\w-]+/)?\d{4,14}(?:[a-z]{2}_)?/(https?):/(.*)$`)

// resolve returns the absolute address of a link, without its fragment; "" for one that is no page of the web.
func resolve(base *url.URL, href string) string {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' || len(href) > maxAddress {
		return ""
	}
	u, err := base.Parse(href)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	if m := replayed.FindStringSubmatch(u.EscapedPath()); m != nil {
		original := m[1] + "://" + strings.TrimLeft(m[2], "/")
		if u.RawQuery != "" {
			original += "?" + u.RawQuery
		}
		if u, err = url.Parse(original); err != nil || u.Host == "" {
			return ""
		}
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	return u.String()
}

var (
	sessionID = regexp.MustCompile(`(?i);jsessionid=[^/?#]*`)
	// noise are parameters that tell nothing of which page it is.
	noise = set("phpsessid sid jsessionid itemid utm_source utm_medium utm_campaign")
	// paging are parameters that say which part of one listing it is.
	paging     = set("page p start limitstart limit offset from pg seite pagina")
	scroll     = regexp.MustCompile(`/ctnscroll_[^/]+/\d+_\d+`)
	pageSuffix = regexp.MustCompile(`/page/\d+/?$`)
	offOnce    = regexp.MustCompile(`/cache/\w+`)
)

// pageKey is what two addresses of one page have in common: case of the host, www, session ids, Jahia's cache modes and the
// order of its pairs and of parameters do not count.
func pageKey(uri string) string { return keyOf(uri, false) }

// listingKey is what two addresses of parts of one listing have in common.
func listingKey(uri string) string { return keyOf(uri, true) }

func keyOf(uri string, whole bool) string {
	u, err := url.Parse(sessionID.ReplaceAllString(uri, ""))
	if err != nil {
		return uri
	}
	p := u.EscapedPath()
	if strings.Contains(strings.ToLower(p), "/jahia/") {
		p = jahiaKey(p, whole)
	}
	if whole {
		p = pageSuffix.ReplaceAllString(p, "")
	}
	var query []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(strings.ToLower(pair), "=")
		if pair != "" && !noise[name] && (!whole || !paging[name]) {
			query = append(query, pair)
		}
	}
	slices.Sort(query)
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") + strings.TrimSuffix(p, "/") + "?" + strings.Join(query, "&")
}

// jahiaKey puts the pairs of a Jahia path in order. Names of pages in between stand for themselves.
func jahiaKey(p string, whole bool) string {
	p = offOnce.ReplaceAllString(p, "")
	if whole {
		p = scroll.ReplaceAllString(p, "")
	}
	parts := strings.Split(strings.Trim(p, "/"), "/")
	var keep []string
	for i := 0; i < len(parts); i++ {
		if (parts[i] == "lang" || parts[i] == "pid") && i+1 < len(parts) {
			keep = append(keep, parts[i]+"/"+parts[i+1])
			i++
			continue
		}
		keep = append(keep, parts[i])
	}
	slices.Sort(keep)
	return "/" + strings.Join(keep, "/")
}

// siteOf is the registrable domain of an address (the public suffix list), or its host where it has none.
func siteOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// homeOf is the home page of the host of an absolute address.
func homeOf(uri string) string {
	scheme, rest, _ := strings.Cut(uri, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	return scheme + "://" + host + "/"
}

// files are the extensions of what is kept as a document.
var files = set("pdf doc docx odt rtf ppt pptx odp xls xlsx ods txt ps epub zip djvu wpd")

// nameOf is the file name that an address ends with or names in its query, unescaped; "" where it names no file.
func nameOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	candidates := []string{path.Base(u.Path)}
	for _, pair := range strings.Split(u.RawQuery, "&") {
		if _, v, ok := strings.Cut(pair, "="); ok {
			if v, err := url.QueryUnescape(v); err == nil {
				candidates = append(candidates, path.Base(v))
			}
		}
	}
	for _, c := range candidates {
		if files[strings.TrimPrefix(strings.ToLower(path.Ext(c)), ".")] {
			return clip(c, 300)
		}
	}
	return ""
}

var downloads = regexp.MustCompile(`(?i)doc_download|task=download|/download(?:/|\?|$)|/system/files/|getfile|attachment|bitstream`)

// isFile says whether an address looks like that of a document, not of a page about it.
func isFile(uri string) bool { return nameOf(uri) != "" || downloads.MatchString(uri) }

var nameLanguage = regexp.MustCompile(`(?i)[_.\- ([]([a-z]{2,10})[)\]]?\.[a-z]{2,5}$`)

// languageOfName is the language that a file name ends with: "Session_3-4_fr.pdf".
func languageOfName(name string) string {
	m := nameLanguage.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return languageNames[strings.ToLower(m[1])]
}

var pathLanguage = regexp.MustCompile(`(?i)(?:^|/)(?:lang/)?([a-z]{2})(?:/|$)`)

// languageOfPath is the language that an address asks for, which need not be that of what it answers: "/en/node/46".
func languageOfPath(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	if l := u.Query().Get("lang"); l != "" {
		return knownTag(l)
	}
	for _, m := range pathLanguage.FindAllStringSubmatch(clip(u.Path, 200), 4) {
		if tag := knownTag(m[1]); tag != "" {
			return tag
		}
	}
	return ""
}
