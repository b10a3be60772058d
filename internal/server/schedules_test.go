package server

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestSchedulesAreMoved(t *testing.T) {
	o := options()
	o.Pages, o.API, o.Now = demoShelf().pages(), new(desk).api(), deskNow
	var done string
	o.API.Schedule = func(_ context.Context, action ScheduleAction, collection, uri string) (int64, error) {
		done = string(action) + " " + collection + " " + uri
		return 1, nil
	}
	h := New(o)
	page := ask(t, h, "GET", "/schedules?page=1").Body.String()
	checkHTML(t, page)
	for _, want := range []string{`value="run">run now<`, `value="pause">pause<`, `value="resume">resume<`, `name="uri" value="` + deadURI + `"`, `name="to" value="/schedules?page=1"`} {
		if strings.Count(page, want) < 1 {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	seal := tokenOf(formCookieOf)
	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		done   string
	}{
		{"pause", url.Values{formField: {seal}, "action": {"pause"}, "collection": {"papers"}, "uri": {deadURI}, "to": {"/schedules?page=2"}}, 303, "pause papers " + deadURI},
		{"run", url.Values{formField: {seal}, "action": {"run"}, "collection": {"papers"}, "uri": {deadURI}}, 303, "run papers " + deadURI},
		{"of no page of ours", url.Values{"action": {"run"}, "collection": {"papers"}, "uri": {deadURI}}, 403, ""},
		{"in a collection of others", url.Values{formField: {seal}, "action": {"run"}, "collection": {"closed"}, "uri": {deadURI}}, 403, ""},
		{"nothing", url.Values{formField: {seal}, "collection": {"papers"}, "uri": {deadURI}}, 400, ""},
		{"all of them", url.Values{formField: {seal}, "action": {"run"}, "collection": {"papers"}}, 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			done = ""
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/schedules", strings.NewReader(tt.form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Cookie", formCookie+"="+formCookieOf)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || done != tt.done || w.Code == 303 && w.Header().Get("Location") != localPath(tt.form.Get("to")) {
				t.Errorf("status %d, %q, to %q:\n%s", w.Code, done, w.Header().Get("Location"), w.Body)
			}
		})
	}
}
