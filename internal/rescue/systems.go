package rescue

import (
	"net/url"
	"strings"
)

// page identity: some systems name one page under many addresses, and one part of the address is the page.
type pageID struct {
	// system and host belong to it; key is the page there.
	system, host, key string
	// language and part (of a listing) are what they are, or empty: not said.
	language, part string
}

// sameAs says whether two addresses name the same page; a language that is not said may be any.
func (p pageID) sameAs(q pageID) bool {
	return p.system == q.system && p.host == q.host && p.key == q.key && p.part == q.part &&
		(p.language == q.language || p.language == "" || q.language == "")
}

// identity finds the page that an address of a known system names, and where such addresses begin.
func identity(uri string) (prefix string, id pageID, ok bool) {
	u, err := url.Parse(uri)
	if err != nil {
		return "", id, false
	}
	id.host = bareHost(u.Host)
	for _, read := range []func(*url.URL, *pageID) string{jahia, docman, drupal} {
		if prefix = read(u, &id); prefix != "" {
			return prefix, id, true
		}
	}
	return "", pageID{}, false
}

// jahia reads key/value pairs in any order behind /Jahia/ : lang/en/pid/7, cache/offonce, ctnscroll_3/5_10.
func jahia(u *url.URL, id *pageID) string {
	path, _ := cutPathSession(u.Path)
	at := indexFold(path, "/jahia/")
	if at < 0 {
		return ""
	}
	base := path[:at+len("/jahia/")]
	// The application and its servlet are both called so: /jahia/Jahia/.
	if rest := strings.ToLower(path[len(base):]); strings.HasPrefix(rest, "jahia/") {
		base = path[:len(base)+len("jahia/")]
	}
	parts := strings.Split(strings.Trim(path[len(base):], "/"), "/")
	for i := 0; i+1 < len(parts); i++ {
		name, value := strings.ToLower(parts[i]), parts[i+1]
		switch {
		case name == "pid" && isNumber(value):
			id.key = value
		case name == "lang":
			id.language = strings.ToLower(value)
		case strings.HasPrefix(name, "ctnscroll_"):
			id.part = name + "/" + value
		default:
			continue
		}
		i++
	}
	if id.key == "" {
		return ""
	}
	id.system = "pid"
	return u.Scheme + "://" + u.Host + base
}

// docman reads Joomla's downloads: index.php?option=com_docman&task=doc_download&gid=7, with any other parameters.
func docman(u *url.URL, id *pageID) string {
	q := u.Query()
	if !strings.EqualFold(q.Get("option"), "com_docman") || !isNumber(q.Get("gid")) {
		return ""
	}
	id.system, id.key, id.language = "gid", q.Get("gid"), strings.ToLower(q.Get("lang"))
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// drupal reads node/7, with a language before it, and the wrappers that show the same node: send/send/7, print/7.
func drupal(u *url.URL, id *pageID) string {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) > 1 && len(parts[0]) == 2 {
		parts = parts[1:] // The language that was asked for; the node has its own.
	}
	n := len(parts)
	if n < 2 || !isNumber(parts[n-1]) {
		return ""
	}
	switch strings.Join(parts[:n-1], "/") {
	case "node", "send/send", "print", "print/node", "printmail", "printpdf":
		id.system, id.key = "node", parts[n-1]
		return u.Scheme + "://" + u.Host + "/"
	}
	return ""
}

func isNumber(s string) bool {
	if s == "" || len(s) > 12 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// systemForms are the addresses under which a known system shows the page that u names, and where an index is to be
// searched for others.
func systemForms(u *url.URL) []hypothesis {
	prefix, id, ok := identity(u.String())
	if !ok {
		return nil
	}
	var out []hypothesis
	add := func(uri, name string) {
		out = append(out, hypothesis{Hypothesis: Hypothesis{URI: uri, Name: name}})
	}
	switch id.system {
	case "pid":
		out = jahiaForms(prefix, id)
	case "gid":
		rest, _ := dropParams(u.RawQuery, func(p string) bool {
			name, _, _ := strings.Cut(strings.ToLower(p), "=")
			return name == "itemid" || name == "lang" || name == "limitstart"
		})
		add(prefix+"?"+rest, "the same document without Itemid and the like")
	case "node":
		if lang, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/"); len(lang) == 2 {
			add(prefix+lang+"/node/"+id.key, "the node itself")
		}
		add(prefix+"node/"+id.key, "the node itself, in no language")
		return out
	}
	// Any order and any other parameters: only an index can tell.
	return append(out, hypothesis{Hypothesis: Hypothesis{URI: u.String(), Name: "the same " + id.system + " under another address"}, prefix: prefix})
}

func jahiaForms(prefix string, id pageID) []hypothesis {
	pid, lang, part := "pid/"+id.key, "", ""
	if id.language != "" {
		lang = "lang/" + id.language + "/"
	}
	if id.part != "" {
		part = "/" + id.part
	}
	forms := []Hypothesis{{URI: prefix + lang + pid + part, Name: "the same pid, without the rest"}}
	if lang != "" {
		forms = append(forms,
			Hypothesis{URI: prefix + pid + "/" + strings.TrimSuffix(lang, "/") + part, Name: "the same pid, in another order"},
			Hypothesis{URI: prefix + pid + part, Name: "the same pid, in no language"})
	}
	forms = append(forms, Hypothesis{URI: prefix + "cache/offonce/" + lang + pid + part, Name: "the same pid, with cache/offonce"})
	out := make([]hypothesis, len(forms))
	for i, f := range forms {
		out[i].Hypothesis = f
	}
	return out
}
