package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

func TestPace(t *testing.T) {
	const plain, event = "https://www.example.org/paper.pdf", "http://gfmd2008.org/"
	now := at(t, "2026-11-18T12:00:00Z")
	in := func(days int) time.Time { return now.AddDate(0, 0, days) }
	none := ibid.ElsewhereNone
	for _, test := range []struct {
		name, seed       string
		facts            ibid.Facts
		looks, intervals int
		why              string // a part of it; empty for none at all
	}{
		{"nothing is known", plain, ibid.Facts{}, 1, 1, ""},
		{"it failed once", plain, ibid.Facts{Failing: 1}, 4, 1, "it failed at the last look"},
		{"it failed several times", plain, ibid.Facts{Failing: 6}, 4, 1, "the last 6 looks"},
		{"it has failed for long", plain, ibid.Facts{Failing: 7}, 1, 1, "the last 7 looks"},
		{"it has failed for very long", plain, ibid.Facts{Failing: 21}, 1, 2, "the last 21 looks"},
		{"it fails, and was the same before", plain, ibid.Facts{Failing: 2, Unchanged: 40}, 4, 1, "it failed at the last 2 looks"},
		{"its certificate is good", plain, ibid.Facts{CertificateEnds: in(60)}, 1, 1, ""},
		{"its certificate ends", plain, ibid.Facts{CertificateEnds: in(13)}, 2, 1, "its certificate ends on 2026-12-01"},
		{"its certificate ends very soon", plain, ibid.Facts{CertificateEnds: in(2)}, 4, 1, "its certificate ends on 2026-11-20"},
		{"its certificate ended", plain, ibid.Facts{CertificateEnds: in(-3)}, 2, 1, "its certificate ended on 2026-11-15"},
		{"its certificate ended long ago", plain, ibid.Facts{CertificateEnds: in(-30)}, 1, 1, ""},
		{"a year in its name", event, ibid.Facts{}, 2, 1, "a year stands in its name, 2008"},
		{"a year as a label", "https://2026.conference.example/", ibid.Facts{}, 2, 1, "2026"},
		{"a year with hyphens", "https://forum-1999-geneva.example/", ibid.Facts{}, 2, 1, "1999"},
		{"next year", "https://cop2027.example/", ibid.Facts{}, 2, 1, "2027"},
		{"a year too far off", "https://vision2050.example/", ibid.Facts{}, 1, 1, ""},
		{"a year before the web", "https://spirit1968.example/", ibid.Facts{}, 1, 1, ""},
		{"a longer number", "https://shop20081.example/", ibid.Facts{}, 1, 1, ""},
		{"a year in the path is none of the site", "https://www.example.org/2008/", ibid.Facts{}, 1, 1, ""},
		{"an IPv6 address", "http://[2001:db8::2008]/", ibid.Facts{}, 1, 1, ""},
		{"no address at all", "http://%zz/", ibid.Facts{}, 1, 1, ""},
		{"nobody else holds it", plain, ibid.Facts{Elsewhere: none}, 2, 1, "no other archive"},
		{"somebody else holds it", plain, ibid.Facts{Elsewhere: ibid.ElsewhereHeld}, 1, 1, ""},
		{"an event that nobody else holds", event, ibid.Facts{Elsewhere: none}, 4, 1, "a year stands in its name, 2008; no other archive"},
		{"all at once is bounded", event, ibid.Facts{Failing: 1, Elsewhere: none, CertificateEnds: in(1)}, 4, 1, "failed"},
		{"it changed often", plain, ibid.Facts{Looks: 8, Changes: 6}, 2, 1, "it changed at 6 of the last 8 looks"},
		{"it changed now and then", plain, ibid.Facts{Looks: 8, Changes: 5}, 1, 1, ""},
		{"too few looks to tell", plain, ibid.Facts{Looks: 3, Changes: 3}, 1, 1, ""},
		{"a few times the same", plain, ibid.Facts{Unchanged: 3}, 1, 1, ""},
		{"several times the same", plain, ibid.Facts{Unchanged: 4}, 1, 2, "the same at the last 4 looks"},
		{"many times the same", plain, ibid.Facts{Unchanged: 12}, 1, 4, "the same at the last 12 looks"},
		{"weighed up", event, ibid.Facts{Elsewhere: none, Unchanged: 12}, 1, 1, "no other archive is known to hold it; it was the same"},
		{"weighed up for sooner", event, ibid.Facts{Elsewhere: none, Unchanged: 4}, 2, 1, "a year"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pace, why := scheduler.Adapt{Factor: 4}.Pace(test.seed, test.facts, now)
			if want := (scheduler.Pace{Looks: test.looks, Intervals: test.intervals}); pace != want {
				t.Errorf("%+v, want %+v", pace, want)
			}
			if !strings.Contains(why, test.why) || (why == "") != (test.why == "") {
				t.Errorf("the reason is %q, want %q in it", why, test.why)
			}
			pace, why = scheduler.Adapt{}.Pace(test.seed, test.facts, now)
			if pace != (scheduler.Pace{Looks: 1, Intervals: 1}) || why != "" {
				t.Errorf("switched off: %+v, %q", pace, why)
			}
			pace, _ = scheduler.Adapt{Factor: 2}.Pace(test.seed, test.facts, now)
			if pace.Looks > 2 || pace.Intervals > 2 {
				t.Errorf("with a factor of 2: %+v", pace)
			}
		})
	}
}
