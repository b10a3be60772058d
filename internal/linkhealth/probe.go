package linkhealth

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"path"
	"strings"

	"github.com/ibid-archive/ibid"
)

// WantsProbe says whether what is known leaves a suspicion that the answer of a made-up address beside the one that was
// asked for would confirm or dispel, and that address. It depends on seed and the address asked for alone. One more
// request is made only for sources that need it.
func WantsProbe(l Look, seed string) (uri string, ok bool) {
	if l.Visit == nil || l.Visit.Final == nil || l.Sibling != nil || l.Visit.NotModified {
		return "", false
	}
	c := l.newCase()
	c.status()
	if c.statusSays != ibid.HealthLive || points(c.marks, ibid.HealthBlocked) >= decisive {
		return "", false
	}
	c.weigh()
	if decided(c.marks) != "" || !c.suspicious() {
		return "", false
	}
	return sibling(c.asked, seed)
}

// suspicious says whether anything speaks against the source.
func (c *judged) suspicious() bool {
	return points(c.marks, ibid.HealthSoft404)+points(c.marks, ibid.HealthParked) > 0 || c.elsewhere && c.deep() && !moreThanHost(c) || c.emptied
}

// moreThanHost says whether only the host is another one: sites that move keep their addresses.
func moreThanHost(c *judged) bool {
	return strings.TrimSuffix(c.asked.EscapedPath(), "/") == strings.TrimSuffix(c.final.EscapedPath(), "/") && c.asked.RawQuery == c.final.RawQuery
}

// sibling makes up an address beside u: another last part of the path, or another value at the end of the query where
// that says which page is meant. Nobody can have a page there.
func sibling(u *url.URL, seed string) (string, bool) {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", false
	}
	name := invented(seed + " " + u.String())
	s := *u
	s.Fragment, s.RawFragment, s.User = "", "", nil
	if before, _, found := cutLast(u.RawQuery, "="); found {
		s.RawQuery = before + "=" + name
		return s.String(), true
	}
	s.RawQuery, s.RawPath = "", ""
	folder, file := path.Split(strings.TrimSuffix(u.Path, "/"))
	if folder == "" {
		folder = "/"
	}
	s.Path = folder + name + path.Ext(file)
	if strings.HasSuffix(u.Path, "/") && u.Path != "/" {
		s.Path += "/"
	}
	return s.String(), true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// invented is a name of twelve letters that follows from s.
func invented(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	sum := h.Sum64()
	var name [12]byte
	for i := range name {
		name[i] = 'a' + byte(sum%26)
		sum = sum/26 ^ sum<<37
	}
	return string(name[:])
}

// sibling weighs what such an address answered.
func (c *judged) sibling() {
	s := c.l.Sibling
	if s == nil || s.Status == 0 || s.Signs == nil && !missing(s.Status) {
		return
	}
	switch {
	case missing(s.Status):
		c.mark("sibling", ibid.HealthSoft404, -fair, fmt.Sprintf("a made-up address beside it answers %d: the site says so when a page is not there", s.Status))
	case s.Status < 200 || s.Status >= 300 || points(s.Signs.Marks, ibid.HealthBlocked) >= decisive:
	case c.elsewhere && sameAddress(s.URI, c.final.String()):
		c.mark("sibling", ibid.HealthSoft404, strong, "a made-up address beside it is redirected to the same place")
	default:
		c.siblingText(s)
	}
}

// siblingText compares the texts. What frames the pages of a site can make different pages alike, so that the titles
// have to agree as well.
func (c *judged) siblingText(s *Sibling) {
	if c.signs.shell || s.Signs.shell {
		return // scripts make each page out of the same answer
	}
	same := c.signs.Text.half > 0 && c.signs.Text.half == s.Signs.Text.half && c.signs.Text.whole == s.Signs.Text.whole
	if !same && resemblance(&c.signs.Text, &s.Signs.Text) < sameText {
		if points(s.Signs.Marks, ibid.HealthSoft404) >= decisive {
			c.mark("sibling", ibid.HealthSoft404, -fair, "a made-up address beside it has another text, which says that it is not there")
		}
		return
	}
	if fold(c.signs.Title) != fold(s.Signs.Title) {
		c.mark("sibling", ibid.HealthSoft404, weak, "a made-up address beside it has much the same text")
		return
	}
	c.mark("sibling", ibid.HealthSoft404, strong, "a made-up address beside it has the same title and text")
	if points(c.marks, ibid.HealthParked) >= fair {
		c.mark("sibling", ibid.HealthParked, fair, "each address of the site has the same text")
	}
}
