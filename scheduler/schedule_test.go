package scheduler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/scheduler"
)

func TestSchedulesThatAreRead(t *testing.T) {
	from := at(t, "2026-11-18T10:20:30Z") // a Wednesday
	for _, test := range []struct {
		text, zone string
		want       string
	}{
		{"0 3 * * *", "", "2026-11-19T03:00:00Z"},
		{"0 3 * * *", "UTC", "2026-11-19T03:00:00Z"},
		{"0 3 * * *", "Asia/Manila", "2026-11-18T19:00:00Z"},
		{"CRON_TZ=Asia/Manila 0 3 * * *", "Europe/Brussels", "2026-11-18T19:00:00Z"},
		{"TZ=Asia/Manila   0 3 * * *", "", "2026-11-18T19:00:00Z"},
		{"  0\t3 *  * * ", "", "2026-11-19T03:00:00Z"},
		{"*/15 * * * *", "", "2026-11-18T10:30:00Z"},
		{"*/20 * * * * *", "", "2026-11-18T10:20:40Z"},
		{"5/20 * * * *", "", "2026-11-18T10:25:00Z"},
		{"0 0 1,15 * *", "", "2026-12-01T00:00:00Z"},
		{"0 0 * * 0", "", "2026-11-22T00:00:00Z"},
		{"0 0 * * 7", "", "2026-11-22T00:00:00Z"},
		{"0 0 * * SUN", "", "2026-11-22T00:00:00Z"},
		{"0 0 * * 5-7", "", "2026-11-20T00:00:00Z"},
		{"0 0 * * 6-7/1", "", "2026-11-21T00:00:00Z"},
		{"0 0 * * fri,7", "", "2026-11-20T00:00:00Z"},
		{"0 0 1 Jan-Mar *", "", "2027-01-01T00:00:00Z"},
		{"0 0 29 2 *", "", "2028-02-29T00:00:00Z"},
		{"0 0 13 * fri", "", "2026-11-20T00:00:00Z"}, // either, as in every cron
		{"0 12 ? * mon-fri", "", "2026-11-18T12:00:00Z"},
		{"@hourly", "", "2026-11-18T11:00:00Z"},
		{"@daily", "Asia/Kolkata", "2026-11-18T18:30:00Z"},
		{"@midnight", "", "2026-11-19T00:00:00Z"},
		{"@weekly", "", "2026-11-22T00:00:00Z"},
		{"@monthly", "", "2026-12-01T00:00:00Z"},
		{"@yearly", "", "2027-01-01T00:00:00Z"},
		{"@annually", "", "2027-01-01T00:00:00Z"},
		{"CRON_TZ=America/New_York @weekly", "", "2026-11-22T05:00:00Z"},
		{"@every 36h", "", "2026-11-19T22:20:30Z"},
		{"@every 1h30m", "Asia/Manila", "2026-11-18T11:50:30Z"},
	} {
		t.Run(test.text, func(t *testing.T) {
			s, err := scheduler.Parse(test.text, test.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Next(from); !got.Equal(at(t, test.want)) || got.Location() != time.UTC {
				t.Errorf("next after %v: %v, want %v", from, got, test.want)
			}
			again, err := scheduler.Parse(s.String(), "")
			if err != nil || again.String() != s.String() || !again.Next(from).Equal(s.Next(from)) {
				t.Errorf("%q does not read back as the same: %v, %v", s, again, err)
			}
		})
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	for _, test := range []struct {
		text, zone string
		want       []string // parts of the sentence
	}{
		{"", "", []string{"no schedule", "@weekly"}},
		{"CRON_TZ=Asia/Manila", "", []string{"no schedule"}},
		{"CRON_TZ= 0 3 * * *", "", []string{"no time zone"}},
		{strings.Repeat("1,", 600) + "1 * * * *", "", []string{"longer than"}},
		{"weekly", "", []string{`did you mean "@weekly"`}},
		{"Daily", "", []string{`did you mean "@daily"`}},
		{"tomorrow", "", []string{"has 1 fields", "five (minute, hour"}},
		{"@weekley", "", []string{`"@weekley" is not known`, `did you mean "@weekly"`}},
		{"@Weekly", "", []string{`did you mean "@weekly"`}},
		{"@fortnightly", "", []string{"not known"}},
		{"@reboot", "", []string{"@reboot", "caught up"}},
		{"0 3 * *", "", []string{"has 4 fields", `did you mean "0 3 * * *"`}},
		{"0 3", "", []string{`did you mean "0 3 * * *"`}},
		{"0 0 3 * * * 2027", "", []string{"has 7 fields", `did you mean "0 0 3 * * *"`}},
		{"1 2 3 4 5 6 7 8", "", []string{"has 8 fields"}},
		{"60 3 * * *", "", []string{`the minute "60"`, "from 0 to 59", `did you mean "0 3 * * *"`}},
		{"0 24 * * *", "", []string{`the hour "24"`, `did you mean "0 0 * * *"`}},
		{"0 99 * * *", "", []string{`did you mean "0 23 * * *"`}},
		{"0 0 0 * *", "", []string{"the day of the month", "from 1 to 31", `did you mean "0 0 1 * *"`}},
		{"0 0 1 13 *", "", []string{`the month "13"`, `did you mean "0 0 1 12 *"`}},
		{"0 0 * * 8", "", []string{"the day of the week", `did you mean "0 0 * * 6"`}},
		{"0 0 * * monday", "", []string{"the day of the week", `did you mean "0 0 * * mon"`}},
		{"0 0 * sept *", "", []string{"the month", `did you mean "0 0 * sep *"`}},
		{"0 0 * * 1-monday", "", []string{`did you mean "0 0 * * 1-mon"`}},
		{"0 22-6 * * *", "", []string{"backwards", `did you mean "0 22-23,0-6 * * *"`}},
		{"0 0 * * fri-mon", "", []string{"backwards", `did you mean "0 0 * * fri-sat,sun-mon"`}},
		{"*/90 * * * *", "", []string{"a step of 90", "@every 90m"}},
		{"*/0 * * * *", "", []string{"the step"}},
		{"*/x * * * *", "", []string{"the step"}},
		{"0 3,,4 * * *", "", []string{"the hour", "empty"}},
		{"0 3, * * *", "", []string{"the hour", "empty"}},
		{"0 +3 * * *", "", []string{"the hour", "no number"}},
		{"0 -3 * * *", "", []string{"the hour", "number is missing"}},
		{"0 3-4-5 * * *", "", []string{"the hour", "no number"}},
		{"0 0 L * *", "", []string{"the day of the month", "L, W and #"}},
		{"0 0 15W * *", "", []string{"L, W and #"}},
		{"0 0 * * 5#3", "", []string{"the day of the week", "L, W and #"}},
		{"0 0 30 2 *", "", []string{"never"}},
		{"0 0 31 4,6,9,11 *", "", []string{"never"}},
		{"@every", "", []string{"@every", "36h"}},
		{"@every 1d", "", []string{"h, m and s", `did you mean "@every 24h"`}},
		{"@every 2w", "", []string{`did you mean "@every 336h"`}},
		{"@every day", "", []string{"36h"}},
		{"@every 0s", "", []string{"one at least"}},
		{"@every -1h", "", []string{"one at least"}},
		{"@every 1500ms", "", []string{"whole seconds"}},
		{"@every 1h Asia/Manila", "", []string{"length of time"}},
		{"never", "", []string{"has 1 fields"}},
		{"@daily", "Europe/Berln", []string{`no time zone "Europe/Berln"`, `did you mean "Europe/Berlin"`}},
		{"CRON_TZ=Asia/Manilla @daily", "", []string{`did you mean "Asia/Manila"`}},
		{"@daily", "berlin", []string{`did you mean "Europe/Berlin"`}},
		{"@daily", "Europe/Atlantis", []string{"no time zone", "did you mean"}},
		{"@daily", "Local", []string{"each machine"}},
		{"@daily", "UTC+2", []string{"daylight saving", `"Etc/GMT-2"`}},
		{"@daily", "-05:00", []string{`"Etc/GMT+5"`}},
		{"@daily", "+05:30", []string{"Europe/Brussels"}},
		{"@daily", "../../etc/passwd", []string{"no time zone"}},
		{"@daily", "/etc/localtime", []string{"no time zone"}},
		{"@daily", "Europe/Berlin\x00", []string{"no time zone"}},
	} {
		t.Run(test.text+" in "+test.zone, func(t *testing.T) {
			s, err := scheduler.Parse(test.text, test.zone)
			if err == nil {
				t.Fatalf("read as %v", s)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestCheckKnowsWhatOnlyTheConfigurationSays(t *testing.T) {
	for text, good := range map[string]bool{"": true, "never": true, "@weekly": true, "0 3 * * *": true, "Never": false, "0 3 * *": false} {
		if err := scheduler.Check(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestInterval(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"@hourly": time.Hour, "@daily": day, "@weekly": 7 * day, "@every 90m": 90 * time.Minute, "*/5 * * * * *": 5 * time.Second,
	} {
		if s := schedule(t, text, ""); s.Interval() != want {
			t.Errorf("%s: %v, want %v", text, s.Interval(), want)
		}
	}
	for text, about := range map[string]time.Duration{
		"@monthly": 30 * day, "@yearly": 365 * day, "0 0 29 2 *": 4 * 365 * day, "0 9-17 * * 1-5": 168 * time.Hour / 45,
	} {
		if got := schedule(t, text, "").Interval(); got < about*8/10 || got > about*12/10 {
			t.Errorf("%s: %v, want about %v", text, got, about)
		}
	}
}

// FuzzParse: nothing that is written makes Parse panic or hang; what it accepts has due times that grow, and
// says itself what it is.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"0 3 * * 0", "*/15 0 3 1,15 jan-mar mon-7/2", "@weekly", "@every 1h30m", "CRON_TZ=Asia/Manila @daily", "TZ=", "TZ= ", "CRON_TZ=x",
		"0 0 30 2 *", "0 0 29 2 *", "@every 9999999h", "- - - - -", "/ / / / /", "*/* , ? L W#1", "0 3 * * 5-7/3", "\x00", "٣ * * * *",
	} {
		f.Add(text, "Europe/Brussels", int64(1_795_000_000))
	}
	f.Add("30 1 * * *", "Australia/Lord_Howe", int64(1_775_000_000))
	f.Fuzz(func(t *testing.T, text, zone string, unix int64) {
		s, err := scheduler.Parse(text, zone)
		if err != nil {
			return
		}
		again, err := scheduler.Parse(s.String(), "")
		if err != nil {
			t.Fatalf("%q was read as %q, which is not read: %v", text, s, err)
		}
		now := time.Unix(unix%(1<<32), 0)
		for range 20 {
			next := s.Next(now)
			if next.IsZero() {
				return
			}
			if !next.After(now) || !next.Equal(again.Next(now)) {
				t.Fatalf("%q after %v: %v, and %v", s, now, next, again.Next(now))
			}
			now = next
		}
	})
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func schedule(t *testing.T, text, zone string) *scheduler.Schedule {
	t.Helper()
	s, err := scheduler.Parse(text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
