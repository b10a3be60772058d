package metadata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// names is a set of names of one site, squashed; a name's value is how it is written.
type names map[string]string

func (n names) add(name string) {
	name = clean(name, maxName)
	if key := squash(name); key != "" && len(n) < 50 {
		if _, ok := n[key]; !ok {
			n[key] = name
		}
	}
}

// has says whether s is one of the names, or such a name with a little more or less to it: "The New
// York Times" and "New York Times", "Libération" and "Libération.fr".
func (n names) has(s string) bool {
	if len(s) > maxName {
		return false
	}
	key := squash(s)
	if key == "" {
		return false
	}
	if _, ok := n[key]; ok {
		return true
	}
	if _, ok := n[acronymOf(s)]; ok {
		return true
	}
	for name := range n {
		short, long := key, name
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) >= 5 && 2*len(short) > len(long) && (strings.HasPrefix(long, short) || strings.HasSuffix(long, short)) {
			return true
		}
	}
	return false
}

// siteNames collects what this site calls itself, and the labels of its host.
func (d *describer) siteNames() names {
	if d.sites != nil {
		return d.sites
	}
	d.sites = names{}
	m := &d.page.meta
	for _, key := range []string{"og:site_name", "application-name", "apple-mobile-web-app-title", "al:ios:app_name", "al:android:app_name",
		"twitter:app:name:iphone", "sitename", "citation_journal_title", "citation_publisher", "dc.publisher", "publisher"} {
		d.sites.add(m.text(key))
	}
	d.sites.add(strings.TrimPrefix(m.text("twitter:site"), "@"))
	for _, t := range append(d.page.ld, d.page.items...) {
		if t.isOrganisation() || t.isA("WebSite", "Blog", "Newspaper") {
			s, _ := t.text("name")
			d.sites.add(s)
		}
		for i := range t.props {
			if p := &t.props[i]; p.name == "publisher" {
				d.sites.add(d.page.named(p))
			}
		}
	}
	for _, name := range hostNames(d.host()) {
		d.sites.add(name)
	}
	return d.sites
}

// host is the host that the page names as its own, else the one that it was served by.
func (d *describer) host() string {
	if host := strings.ToLower(d.uri.Hostname()); host != "" {
		return host
	}
	for _, l := range d.page.links {
		if l.rel == "canonical" {
			if u := d.resolve(l.href); u != nil {
				return strings.ToLower(u.Hostname())
			}
		}
	}
	if u := d.resolve(d.page.meta.text("og:url")); u != nil {
		return strings.ToLower(u.Hostname())
	}
	return ""
}

// hostNames lists what a site may call itself by its host: "www.sn.dk" is "sn.dk", and "example" of
// "blog.example.co.uk" is a name too.
func hostNames(host string) []string {
	host = strings.TrimPrefix(host, "www.")
	if host == "" {
		return nil
	}
	out := []string{host}
	labels := strings.Split(host, ".")
	if label := registered(labels); len(label) < 4 {
		out = append(out, label) // "ilo" of ilo.org
	}
	for i, label := range labels {
		if i == len(labels)-1 && len(labels) > 1 || len(label) < 4 {
			continue // the top-level domain, "co", "en", "www2"
		}
		switch label {
		case "blog", "news", "docs", "mobile", "about", "support", "forum", "wiki", "help", "github":
		default:
			out = append(out, label)
		}
	}
	if len(labels) > 1 {
		out = append(out, strings.Join(labels[max(0, len(labels)-2):], "."))
	}
	return out
}

// registered is the label that the owner of a host has registered: "ilo" of www.ilo.org and "gov" of no
// host, for "gov.uk" is no more than a suffix where something stands before it.
func registered(labels []string) string {
	n := len(labels) - 2
	if n < 0 {
		return labels[0]
	}
	switch labels[n] {
	case "co", "com", "org", "net", "gov", "gob", "gouv", "go", "gc", "govt", "ac", "edu", "or", "int", "nic":
		if n > 0 && len(labels[n+1]) == 2 {
			n--
		}
	}
	return labels[n]
}

// acronymOf returns the initials of a name of several words in lower case, if it is written as names are:
// "International Labour Organization" is "ilo", and so is "Organization for Labour Issues" without "for".
func acronymOf(s string) string {
	var out []rune
	words := 0
	for w := range strings.FieldsSeq(s) {
		r, _ := utf8.DecodeRuneInString(w)
		if words++; words > 10 {
			return ""
		}
		if unicode.IsUpper(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	if len(out) < 2 {
		return ""
	}
	return string(out)
}
