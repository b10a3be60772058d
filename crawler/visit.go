package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// describeTime bounds Options.Describe: what takes longer costs the description, not the Visit.
	describeTime = 30 * time.Second
	// maxCookies bounds the Cookie header, in bytes.
	maxCookies = 8 << 10
)

// visit is one look at one Seed while it is under way.
type visit struct {
	*ibid.Visit
	job    *job
	c      *Crawler
	seed   ibid.Seed
	jar    http.CookieJar // of this Visit alone
	notes  []ibid.Class
	wanted map[string]bool
	budget int // pages that may still be taken
}

func newVisit(j *job, seed ibid.Seed) *visit {
	seed.URI = display(seed.URI)
	jar, _ := cookiejar.New(nil) // It fails for no options.
	return &visit{
		Visit: &ibid.Visit{Seed: seed.URI, Run: j.Run, Job: j.ID, Health: ibid.HealthUnknown, Began: j.c.o.Now().UTC(), Requisites: seed.Scope.Requisites},
		job:   j, c: j.c, seed: seed, jar: jar, wanted: map[string]bool{},
	}
}

// run makes the whole Visit. An error is fatal to the Crawl.
func (v *visit) run(ctx context.Context) error {
	since := time.Now()
	defer func() { v.Seconds = time.Since(since).Seconds() }()
	u, err := v.c.address(nil, v.seed.URI)
	if err != nil {
		v.Verdict, v.Class = ibid.Refused, addressClass(err)
		v.Reason = reason(v.Class) + ": " + err.Error()
		return nil
	}
	a, stopped, err := v.follow(ctx, request{uri: u, role: ibid.RoleSource, main: true})
	if err != nil {
		return err
	}
	v.judge(a, stopped)
	if v.Final == nil {
		a.close()
		return nil
	}
	found := a.page
	if v.NotModified = a.x.NotModified != nil; v.NotModified {
		a.close()
		return nil
	}
	v.describe(ctx, a)
	if found != nil {
		if err := v.around(ctx, a.uri, &found.refs); err != nil {
			return err
		}
	}
	v.conclude()
	return nil
}

// follow fetches r and what it redirects to. Each hop is a step of our own, so that robots.txt, guard,
// politeness and limits hold for each. stopped says why a redirect was not followed.
func (v *visit) follow(ctx context.Context, r request) (a *answer, stopped ibid.Class, err error) {
	seen := map[string]bool{}
	for hop := 0; ; hop++ {
		seen[r.uri.String()+" "+v.cookiesFor(r)] = true
		if r.role == ibid.RoleSource {
			v.Hops = append(v.Hops, r.uri.String())
		}
		a, err = v.fetch(ctx, r)
		if err != nil || a.err != nil || a.location() == "" {
			return a, "", err
		}
		next, bad := v.c.address(a.uri, a.location())
		switch {
		case bad != nil:
			stopped = addressClass(bad)
			if stopped == ibid.ClassAddressRefused {
				stopped = ibid.ClassRedirectInvalid
			}
			return a, stopped, nil
		case seen[next.String()+" "+v.cookiesFor(request{uri: next})]:
			return a, ibid.ClassRedirectLoop, nil
		case hop >= v.c.o.MaxRedirects:
			return a, ibid.ClassRedirectLimit, nil
		}
		a.close()
		r.via, r.uri = r.uri.String(), next
	}
}

// judge gives the Verdict on the last answer of the redirects.
func (v *visit) judge(a *answer, stopped ibid.Class) {
	if stopped != "" {
		v.Verdict, v.Class = ibid.Failed, stopped
		if stopped == ibid.ClassSchemeRefused {
			v.Verdict = ibid.Refused
		}
		v.Reason = fmt.Sprintf("%s (%s)", reason(stopped), shorten(display(a.location())))
		return
	}
	v.Verdict, v.Class = verdict(a), a.class()
	if a.x != nil && a.x.TLS != nil {
		v.CertificateEnds = a.x.TLS.NotAfter
	}
	v.Reason = reason(v.Class)
	if a.err != nil {
		v.Reason = sentence(v.Class, a.err)
	}
	if v.Verdict == ibid.Archived || v.Verdict == ibid.ArchivedNoted || v.Verdict == ibid.Truncated {
		final := a.capture // a copy: the answer holds the whole page
		v.Final = &final
	}
}

// verdict says what became of the bytes of an answer.
func verdict(a *answer) ibid.Verdict {
	if a.err != nil {
		if ibid.KindOf(a.err) == ibid.KindPolicy {
			return ibid.Refused
		}
		return ibid.Failed
	}
	switch {
	case a.x.Status == 0 || a.x.Status == http.StatusSwitchingProtocols || a.x.Status == http.StatusNotModified && a.x.NotModified == nil:
		return ibid.Failed
	case a.malformed():
		return ibid.Failed
	case a.x.Truncated != "":
		return ibid.Truncated
	case len(a.notes) > 0:
		return ibid.ArchivedNoted
	}
	return ibid.Archived
}

// conclude adds what was noted after the page itself.
func (v *visit) conclude() {
	if len(v.notes) == 0 || v.Verdict != ibid.Archived {
		return
	}
	v.Verdict, v.Class = ibid.ArchivedNoted, v.notes[0]
	v.Reason = reason(v.Class)
}

// describe asks what the page says of itself, and closes a. A panic or a slow answer costs only the description:
// the page stays open for whoever still reads it.
func (v *visit) describe(ctx context.Context, a *answer) {
	if v.c.o.Describe == nil {
		a.close()
		return
	}
	p := &Page{
		URI: a.x.URI, Seed: v.seed.URI, Status: a.x.Status, Header: a.x.Header, Asked: a.x.Began, MediaType: a.x.MediaType,
		Body: a.body.body, Size: a.body.body.Size(), Complete: a.x.Truncated == "" && a.body.class == "",
	}
	if a.page != nil {
		p.Doc = a.page.doc
	}
	ctx, cancel := context.WithTimeout(ctx, v.c.describeTime)
	out := make(chan Described, 1)
	go func() {
		defer cancel()
		defer a.close()
		defer func() {
			if r := recover(); r != nil {
				v.c.o.Log.WarnContext(ctx, "describing a page failed", "uri", p.URI, "panic", fmt.Sprint(r))
			}
			close(out)
		}()
		out <- v.c.o.Describe(ctx, p)
	}()
	var said Described
	select {
	case said = <-out:
	case <-ctx.Done():
		// The end of the description ends ctx, too: of two that are ready, select takes either.
		select {
		case said = <-out:
		default:
		}
	}
	v.Description, v.Seen = said.Description, said.Seen
}

// cookiesFor is the Cookie header for r: only what this Visit was given.
func (v *visit) cookiesFor(r request) string {
	if r.role == ibid.RoleRobots {
		return ""
	}
	var list []string
	size := 0
	for _, c := range v.jar.Cookies(r.uri) {
		if size += len(c.Name) + len(c.Value) + 3; size > maxCookies {
			break // A flood of cookies would make servers refuse the request.
		}
		list = append(list, c.Name+"="+c.Value)
	}
	return strings.Join(list, "; ")
}

func (v *visit) keepCookies(a *answer) {
	if a.x == nil || a.role == ibid.RoleRobots || len(a.x.Header["Set-Cookie"]) == 0 {
		return
	}
	v.jar.SetCookies(a.uri, (&http.Response{Header: a.x.Header}).Cookies())
}

// sameSite says whether b is of the site of a: the same host, "www." aside.
func sameSite(a, b *url.URL) bool {
	return strings.TrimPrefix(a.Hostname(), "www.") == strings.TrimPrefix(b.Hostname(), "www.")
}
