package replay_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
	"github.com/ibid-archive/ibid/internal/replay"
)

// window issues one ticket to those with a credential, for what is secret.
type window struct{}

type mayReadKey struct{}

func isSecret(e *cdx.Entry) bool { return strings.HasPrefix(e.URI, "http://secret.") }

func (window) Issue(r *http.Request, e *cdx.Entry) string {
	if isSecret(e) && r.Header.Get("Authorization") != "" {
		return "T-1"
	}
	return ""
}

func (window) Admit(ctx context.Context, ticket string) (context.Context, error) {
	if ticket != "T-1" {
		return ctx, &ibid.Error{Kind: ibid.KindPolicy, Op: "show this", Err: errors.New("the leave has ended")}
	}
	return context.WithValue(ctx, mayReadKey{}, true), nil
}

// What only readers with a credential may see is shown on the origin that gets none, with all that belongs to it.
func TestTickets(t *testing.T) {
	h := &held{}
	h.add(t, "http://secret.example/", "20090604120000", "text/html", `<link rel=stylesheet href=s.css><img src="/a.png" srcset="/b.png 2x"><iframe src=in></iframe><p style="background:url(c.png)">`)
	h.add(t, "http://secret.example/s.css", "20090604120001", "text/css", `p { background: url(d.png) }`)
	h.add(t, "http://secret.example/moved", "20090604120001", "text/html", "", answered(302, "Location", "/"))
	h.add(t, "http://open.example/", "20090604120000", "text/html", "open")
	o := options(h)
	o.Tickets, o.Access = window{}, func(r *http.Request, e *cdx.Entry) replay.Decision {
		if isSecret(e) && r.Header.Get("Authorization") == "" && r.Context().Value(mayReadKey{}) == nil {
			return replay.Exclude
		}
		return replay.Open
	}
	s := made(t, o)
	const signedIn, page = "Authorization: Bearer x", "/web/20090604120000/http://secret.example/"
	for _, tt := range []struct {
		name, host, path, header string
		status                   int
		says, location           string
	}{
		{"the frame", appHost, page, signedIn, 200, `src="http://` + replayHost + `/t/T-1` + page + `"`, ""},
		{"the frame, without a credential", appHost, page, "", 404, "", ""},
		{"the frame of what anybody may see", appHost, "/web/20090604120000/http://open.example/", signedIn, 200, `src="http://` + replayHost + `/web/`, ""},
		{"with scripts", appHost, "/web/20090604120000on_/http://secret.example/", signedIn, 302, "", "http://" + appHost + page},
		{"as sent", appHost, "/web/20090604120000id_/http://secret.example/", signedIn, 307, "", "http://" + replayHost + "/t/T-1/web/20090604120000id_/http://secret.example/"},
		{"the page", replayHost, "/t/T-1" + page, "", 200, `src="/t/T-1/web/20090604120000/http://secret.example/a.png" srcset="/t/T-1/web/20090604120000/http://secret.example/b.png 2x"`, ""},
		{"the page within", replayHost, "/t/T-1" + page, "", 200, `src="/t/T-1/web/20090604120000fr_/http://secret.example/in"`, ""},
		{"a style sheet", replayHost, "/t/T-1/web/20090604120000/http://secret.example/s.css", "", 200, "/t/T-1/web/20090604120001/http://secret.example/d.png", ""},
		{"a redirect", replayHost, "/t/T-1/web/20090604120001/http://secret.example/moved", "", 302, "", "/t/T-1/web/20090604120001/http://secret.example/"},
		{"a part of a timestamp", replayHost, "/t/T-1/web/2009/http://secret.example/", "", 302, "", "/t/T-1" + page},
		{"with scripts, where it is shown", replayHost, "/t/T-1/web/20090604120000on_/http://secret.example/", "", 302, "", "/t/T-1" + page},
		{"without a ticket", replayHost, page, "", 404, "", ""},
		{"with another ticket", replayHost, "/t/T-2" + page, "Accept: text/html", 403, "the leave has ended", ""},
		{"with half of an address", replayHost, "/t/T-1", "", 404, "", ""},
		{"a ticket on the application's origin", appHost, "/t/T-1" + page, "", 404, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var header []string
			if tt.header != "" {
				header = append(header, tt.header)
			}
			res := ask(t, s, tt.host, tt.path, header...)
			got := text(t, res)
			if res.StatusCode != tt.status || !strings.Contains(got, tt.says) || res.Header.Get("Location") != tt.location {
				t.Errorf("status %d, location %q, or it lacks %q:\n%s", res.StatusCode, res.Header.Get("Location"), tt.says, got)
			}
			if tt.host == replayHost && strings.HasPrefix(tt.path, "/t/") && !strings.Contains(res.Header.Get("Cache-Control"), "no-store") || res.Header.Get("Referrer-Policy") != "no-referrer" && tt.host == replayHost {
				t.Errorf("header %v", res.Header)
			}
			if strings.Contains(got, "its scripts") == (tt.name == "the frame") && tt.status == 200 && tt.host == appHost {
				t.Errorf("it offers scripts:\n%s", got)
			}
		})
	}
}
