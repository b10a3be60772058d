package testsite

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timeGate answers RFC 7089, 4: the Wayback Machine with a redirect (pattern 2.1), pywb with the memento itself (2.2).
func (a *archive) timeGate(rw http.ResponseWriter, r *http.Request, q asked) {
	at := time.Now()
	if accept := r.Header.Get("Accept-Datetime"); accept != "" {
		var err error
		if at, err = http.ParseTime(accept); err != nil {
			a.say(rw, http.StatusBadRequest, "Accept-Datetime is not a date of RFC 1123")
			return
		}
	}
	c := a.nearest(surt(q.source), at)
	if c == nil {
		a.notHeld(rw)
		return
	}
	rw.Header().Set("Vary", "accept-datetime")
	if a.dialect == pywb {
		a.serveMemento(rw, r, c, "")
		return
	}
	a.addLinks(rw.Header(), c)
	a.redirect(rw, c, "")
}

// playback answers a timestamp: with the memento, or with the one that is nearest.
func (a *archive) playback(rw http.ResponseWriter, r *http.Request, q asked) {
	at, err := readStamp(q.timestamp, lowest)
	if err != nil {
		a.say(rw, http.StatusBadRequest, "This is no timestamp")
		return
	}
	key := surt(q.source)
	c := a.nearest(key, at)
	switch {
	case c == nil:
		a.notHeld(rw)
	case a.dialect == wayback && c.timestamp != q.timestamp:
		rw.Header().Set("X-Archive-Redirect-Reason", "found capture at "+c.timestamp)
		a.redirect(rw, c, q.modifier)
	default:
		a.serveMemento(rw, r, c, q.modifier)
	}
}

func (a *archive) notHeld(rw http.ResponseWriter) {
	a.say(rw, http.StatusNotFound, "This page has not been archived")
}

func (a *archive) redirect(rw http.ResponseWriter, c *capture, modifier string) {
	rw.Header().Set("Location", a.base+c.timestamp+modifier+"/"+c.uri)
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Content-Length", "0")
	rw.WriteHeader(http.StatusFound)
}

// addLinks puts the links of c in one header line, or for pywb in one each.
func (a *archive) addLinks(h http.Header, c *capture) {
	if a.dialect == pywb {
		h["Link"] = slices.Concat(h["Link"], a.links(c))
		return
	}
	h.Set("Link", strings.Join(a.links(c), ", "))
}

// serveMemento sends c, raw or as a page to look at.
func (a *archive) serveMemento(rw http.ResponseWriter, r *http.Request, c *capture, modifier string) {
	if !pause(r, c.page.delay) {
		return
	}
	view := modifier == "" || modifier == "if_" || modifier == "mp_"
	body, err := a.payload(c)
	if err == nil && view {
		body, err = c.decoded()
	}
	if err != nil {
		a.say(rw, http.StatusInternalServerError, err.Error())
		return
	}
	h := rw.Header()
	if c.source != "" && a.dialect == wayback {
		h.Set("X-Archive-Src", c.source)
	}
	location := c.location()
	if view && location != "" && a.dialect == wayback {
		// No Memento-Datetime here: only raw bytes tell what was.
		a.say(rw, http.StatusOK, fmt.Sprintf(`Got an HTTP %d response at crawl time</p><p>Redirecting to <a href="%s%s/%s">%s</a>`,
			c.page.status, a.base, c.timestamp, location, location))
		return
	}
	a.originalHeaders(h, c, view)
	h.Set("Memento-Datetime", c.at.Format(http.TimeFormat))
	a.addLinks(h, c)
	if location != "" && (a.dialect == wayback || view) {
		h.Set("Location", a.base+c.timestamp+modifier+"/"+location)
	}
	if a.dialect == pywb {
		h.Set("Content-Location", a.base+c.timestamp+modifier+"/"+c.uri)
	}
	if view && strings.HasPrefix(c.header.Get("Content-Type"), "text/html") {
		body = a.rewrite(body, c, modifier)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	rw.WriteHeader(c.page.status)
	if r.Method != http.MethodHead {
		_, _ = rw.Write(body)
	}
}

// location is the absolute address that an archived redirect leads to.
func (c *capture) location() string {
	l := c.header.Get("Location")
	base, err := url.Parse(c.uri)
	if err != nil || l == "" || c.page.status < 300 || c.page.status > 399 {
		return ""
	}
	to, err := base.Parse(l)
	if err != nil {
		return l
	}
	return to.String()
}

// pywbKept are the original headers that pywb keeps under their names.
var pywbKept = []string{
	"Accept-Patch", "Accept-Ranges", "Allow", "Content-Disposition", "Content-Language", "Content-Location", "Content-Range",
	"Content-Type", "Date", "Link", "Location", "Proxy-Authenticate", "Set-Cookie", "Www-Authenticate",
}

// pywbPrefixed are those that it puts behind a prefix; all that it does not know it keeps.
var pywbPrefixed = []string{
	"Age", "Alt-Svc", "Cache-Control", "Connection", "Etag", "Expires", "Last-Modified", "P3p", "Pragma", "Retry-After", "Server", "Status",
	"Strict-Transport-Security", "Transfer-Encoding", "Vary", "Via", "X-Frame-Options", "X-Xss-Protection",
}

// originalHeaders tells the headers of the original answer, as far as the archive does.
func (a *archive) originalHeaders(h http.Header, c *capture, view bool) {
	if t := c.header.Get("Content-Type"); t != "" {
		h.Set("Content-Type", t)
	} else {
		h["Content-Type"] = nil // nothing is guessed from the body
	}
	if c.bare {
		return
	}
	for name, values := range c.header {
		if name == "Content-Type" {
			continue
		}
		coding := name == "Content-Encoding" || name == "Content-Length"
		switch {
		case a.dialect == pywb && (coding && !view || slices.Contains(pywbKept, name) || !coding && !slices.Contains(pywbPrefixed, name)):
			h[name] = values
		case a.dialect == wayback && name == "Location":
		default:
			h["X-Archive-Orig-"+name] = values
		}
	}
}

var addressAttr = regexp.MustCompile(`(?i)\b(href|src|background|action)="([^"#][^"]*)"`)

// rewrite makes of a page what a person looks at: links that stay in the archive, and a toolbar.
func (a *archive) rewrite(body []byte, c *capture, modifier string) []byte {
	base, err := url.Parse(c.uri)
	if err != nil {
		return body
	}
	body = addressAttr.ReplaceAllFunc(body, func(m []byte) []byte {
		part := addressAttr.FindSubmatch(m)
		to, err := base.Parse(string(part[2]))
		if err != nil || to.Scheme != "http" && to.Scheme != "https" {
			return m
		}
		kind := ""
		if strings.EqualFold(string(part[1]), "src") {
			kind = "im_"
		}
		return []byte(string(part[1]) + `="` + a.prefix + c.timestamp + kind + "/" + to.String() + `"`)
	})
	if modifier != "" {
		return body
	}
	const toolbar = "\n<!-- BEGIN WAYBACK TOOLBAR INSERT -->\n<div id=\"wm-ipp-base\">%s: %s</div>\n<!-- END WAYBACK TOOLBAR INSERT -->\n"
	bar := fmt.Appendf(nil, toolbar, a.Name, c.timestamp)
	if a.dialect == pywb {
		bar = fmt.Appendf(nil, "<!-- WB Insert --><div id=\"_wb_frame_top_banner\">%s: %s</div><!-- End WB Insert -->", a.Name, c.timestamp)
	}
	at := bytes.Index(bytes.ToLower(body), []byte("<body"))
	if at < 0 {
		return append(bar, body...)
	}
	at += bytes.IndexByte(body[at:], '>') + 1
	return slices.Concat(body[:at], bar, body[at:])
}
