package testsite

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Kinds of requests to an archive.
const (
	AskedCDX      = "cdx"
	AskedTimeMap  = "timemap"
	AskedTimeGate = "timegate"
	AskedMemento  = "memento"
	AskedOther    = "other"
)

// asked is a request to an archive as it is understood.
type asked struct {
	kind      string
	source    string // the address of the source
	timestamp string // as it was given
	modifier  string // "id_", "" …
	page      int    // of a TimeMap; 0 is the first address
}

var (
	timedPath = regexp.MustCompile(`^(\d{1,14})([a-z]{2}_)?/(.+)$`)
	pagedPath = regexp.MustCompile(`^(\d{1,4})/(.+:.+)$`)
)

// read understands the target of a request.
func (a *archive) read(target string) asked {
	path, _, _ := strings.Cut(target, "?")
	if cdx, err := url.Parse(a.CDX); err == nil && a.CDX != "" && path == cdx.Path {
		return asked{kind: AskedCDX}
	}
	rest, ok := strings.CutPrefix(target, a.prefix)
	if !ok || rest == "" {
		return asked{kind: AskedOther}
	}
	if source, ok := strings.CutPrefix(rest, "timemap/link/"); ok {
		q := asked{kind: AskedTimeMap}
		if m := pagedPath.FindStringSubmatch(source); m != nil && a.paged > 0 {
			q.page, _ = strconv.Atoi(m[1])
			source = m[2]
		}
		q.source = sourceOf(source)
		return q
	}
	if m := timedPath.FindStringSubmatch(rest); m != nil {
		return asked{kind: AskedMemento, timestamp: m[1], modifier: m[2], source: sourceOf(m[3])}
	}
	if strings.HasPrefix(rest, "*/") || strings.HasPrefix(rest, "timemap/") {
		return asked{kind: AskedOther}
	}
	return asked{kind: AskedTimeGate, source: sourceOf(rest)}
}

// serveArchive answers for an archive, unless the address is one of its ordinary pages: then it says no.
func (s *Server) serveArchive(rw http.ResponseWriter, r *http.Request, a *archive, scheme string) bool {
	target := r.URL.RequestURI()
	q := a.read(target)
	if q.kind == AskedOther && !strings.HasPrefix(target, a.prefix) {
		return false
	}
	rw.Header().Set("Server", "nginx")
	if wait := s.turnstile(a).pass(a, Asked{Kind: q.kind, URL: scheme + "://" + r.Host + target, At: time.Now()}); wait > 0 {
		a.refuse(rw, wait)
		return true
	}
	if !pause(r, a.delay) {
		return true
	}
	switch q.kind {
	case AskedCDX:
		a.serveCDX(rw, r.URL.Query())
	case AskedOther:
		a.say(rw, http.StatusOK, "Calendar")
	default:
		a.serveSource(rw, r, q)
	}
	return true
}

// refuse says 429. The one tells the seconds, the other the date (RFC 9110, 10.2.3).
func (a *archive) refuse(rw http.ResponseWriter, wait time.Duration) {
	after := strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	if a.dialect == pywb {
		after = time.Now().Add(wait + time.Second).UTC().Format(http.TimeFormat)
	}
	rw.Header().Set("Retry-After", after)
	a.say(rw, http.StatusTooManyRequests, "Too many requests")
}

// serveSource answers what is asked of one source.
func (a *archive) serveSource(rw http.ResponseWriter, r *http.Request, q asked) {
	if a.isExcluded(surt(q.source)) {
		a.exclude(rw)
		return
	}
	switch q.kind {
	case AskedTimeMap:
		a.timeMap(rw, q.source, q.page)
	case AskedTimeGate:
		a.timeGate(rw, r, q)
	default:
		a.playback(rw, r, q)
	}
}

// exclude answers for a source that its owner does not want to be shown.
func (a *archive) exclude(rw http.ResponseWriter) {
	if a.dialect == pywb {
		a.say(rw, http.StatusUnavailableForLegalReasons, "Access to this resource is blocked")
		return
	}
	const why = "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"
	rw.Header().Set("X-Archive-Wayback-Runtime-Error", why)
	rw.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	rw.WriteHeader(http.StatusForbidden)
	_, _ = rw.Write([]byte(why + "\n"))
}

// say answers with a page of the archive's own.
func (a *archive) say(rw http.ResponseWriter, status int, text string) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write([]byte("<!DOCTYPE html><html><head><title>" + a.Name + "</title></head><body><p>" + text + "</p></body></html>\n"))
}
