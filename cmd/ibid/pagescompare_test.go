package main

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/server"
)

func TestWhichTwoAreCompared(t *testing.T) {
	var all []server.Captured
	for _, stamp := range []string{"20090528031205", "20150101000000", "20261124090000"} {
		at, err := time.Parse("20060102150405", stamp)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, server.Captured{Capture: ibid.Capture{Timestamp: at}})
	}
	for _, tt := range []struct {
		name, from, to string
		held           int
		want           string
	}{
		{"both", "20090528031205", "20261124090000", 3, "2009 2026"},
		{"the later first", "20261124090000", "20090528031205", 3, "2009 2026"},
		{"the one before", "", "20150101000000", 3, "2009 2015"},
		{"to the last", "20090528031205", "", 3, "2009 2026"},
		{"the last two", "", "", 3, "2015 2026"},
		{"one with itself", "20150101000000", "20150101000000", 3, "2015 2015"},
		{"before the first", "", "20090528031205", 3, "2009 2009"},
		{"the only one", "", "", 1, "2009 2009"},
		{"of another time", "20100101000000", "", 3, ""},
		{"to another time", "", "20100101000000", 3, ""},
		{"nothing held", "", "", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			left, right, ok := twoOf(all[:tt.held], tt.from, tt.to)
			got := ""
			if ok {
				got = left.Timestamp.Format("2006") + " " + right.Timestamp.Format("2006")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOneOfEachAddress(t *testing.T) {
	capture := func(uri string, year int) server.Captured {
		return server.Captured{Capture: ibid.Capture{URI: uri, Timestamp: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}}
	}
	lefts := []server.Captured{capture("a", 2009), capture("a", 2010)}
	rights := []server.Captured{capture("b", 2008), capture("b", 2026)}
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "a 2010 b 2026"}, {"20090101000000", "20080101000000", "a 2009 b 2008"}, {"20080101000000", "", ""}, {"", "20090101000000", ""},
	} {
		left, right, ok := oneOfEach(lefts, rights, tt.from, tt.to)
		got := ""
		if ok {
			got = fmt.Sprintf("%s %d %s %d", left.URI, left.Timestamp.Year(), right.URI, right.Timestamp.Year())
		}
		if got != tt.want {
			t.Errorf("%q, %q: got %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
	if _, _, ok := oneOfEach(lefts, nil, "", ""); ok {
		t.Error("nothing is compared")
	}
}

// What may not be had of an address is not compared either.
func TestComparisonsObeyRules(t *testing.T) {
	s := startAPI(t, "")
	path := "/compare?url=" + url.QueryEscape(s.site+"/one")
	if w := s.call("GET", path, "", "", "Accept", "text/html"); w.Code != 200 || !strings.Contains(w.Body.String(), "A page") || !strings.Contains(w.Body.String(), "the same bytes") {
		t.Errorf("status %d:\n%s", w.Code, w.Body)
	}
	for _, tt := range []struct {
		verb ibid.AccessVerb
		want int
	}{{ibid.AccessBlock, 451}, {ibid.AccessExclude, 404}} {
		s.rule(ibid.AccessRule{Verb: tt.verb, Address: s.site + "/one"})
		for as, want := range map[string]int{"": tt.want, "reader": tt.want, "admin": 200} {
			if w := s.call("GET", path, as, "", "Accept", "text/html"); w.Code != want || want != 200 && strings.Contains(w.Body.String(), "A page") {
				t.Errorf("%s as %q: status %d, want %d", tt.verb, as, w.Code, want)
			}
		}
	}
}
