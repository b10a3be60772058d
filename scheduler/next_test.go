package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ibid-archive/ibid/scheduler"
)

// local writes an instant as the clock of the zone shows it, with the offset that tells the two of a doubled hour
// apart.
const local = "01-02 15:04:05 -0700"

// TestDueTimesWhereTheClockIsTurned are the first due times after an instant, in two zones with daylight saving
// time on two sides of the equator, and in those that do what others do not.
func TestDueTimesWhereTheClockIsTurned(t *testing.T) {
	for _, test := range []struct {
		name, zone, text, after string
		want                    []string
	}{
		// Brussels, 29 March 2026: 02:00 +01:00 is followed by 03:00 +02:00.
		{"Brussels, forward, a skipped time", "Europe/Brussels", "30 2 * * *", "2026-03-27T12:00:00Z",
			[]string{"03-28 02:30:00 +0100", "03-29 03:00:00 +0200", "03-30 02:30:00 +0200"}},
		{"Brussels, forward, the first skipped time", "Europe/Brussels", "0 2 * * *", "2026-03-28T12:00:00Z",
			[]string{"03-29 03:00:00 +0200", "03-30 02:00:00 +0200"}},
		{"Brussels, forward, the end of the gap", "Europe/Brussels", "0 3 * * *", "2026-03-28T12:00:00Z",
			[]string{"03-29 03:00:00 +0200", "03-30 03:00:00 +0200"}},
		{"Brussels, forward, skipped and not", "Europe/Brussels", "30 1-3 * * *", "2026-03-28T20:00:00Z",
			[]string{"03-29 01:30:00 +0100", "03-29 03:00:00 +0200", "03-29 03:30:00 +0200", "03-30 01:30:00 +0200"}},
		{"Brussels, forward, many times in the gap are one", "Europe/Brussels", "*/10 2 * * *", "2026-03-28T20:00:00Z",
			[]string{"03-29 03:00:00 +0200", "03-30 02:00:00 +0200", "03-30 02:10:00 +0200"}},
		{"Brussels, forward, once a week", "Europe/Brussels", "30 2 * * 0", "2026-03-23T00:00:00Z",
			[]string{"03-29 03:00:00 +0200", "04-05 02:30:00 +0200"}},
		{"Brussels, forward, once a year", "Europe/Brussels", "30 2 29 3 *", "2025-03-29T12:00:00Z",
			[]string{"03-29 03:00:00 +0200", "03-29 02:30:00 +0200"}}, // 2027: the clock is turned on the 28th
		{"Brussels, forward, by the hour", "Europe/Brussels", "0 * * * *", "2026-03-29T00:00:00Z",
			[]string{"03-29 03:00:00 +0200", "03-29 04:00:00 +0200"}},
		{"Brussels, forward, by the second", "Europe/Brussels", "59 59 1 * * *", "2026-03-28T12:00:00Z",
			[]string{"03-29 01:59:59 +0100", "03-30 01:59:59 +0200"}},
		{"Brussels, forward, elapsed time", "Europe/Brussels", "@every 1h", "2026-03-28T23:30:00Z",
			[]string{"03-29 01:30:00 +0100", "03-29 03:30:00 +0200", "03-29 04:30:00 +0200"}},
		// Brussels, 25 October 2026: 03:00 +02:00 is followed by 02:00 +01:00.
		{"Brussels, back, a doubled time", "Europe/Brussels", "30 2 * * *", "2026-10-23T12:00:00Z",
			[]string{"10-24 02:30:00 +0200", "10-25 02:30:00 +0200", "10-26 02:30:00 +0100"}},
		{"Brussels, back, a doubled time, asked for between", "Europe/Brussels", "30 2 * * *", "2026-10-25T00:40:00Z",
			[]string{"10-26 02:30:00 +0100"}},
		{"Brussels, back, a doubled time, asked for in the second hour", "Europe/Brussels", "30 2 * * *", "2026-10-25T01:10:00Z",
			[]string{"10-26 02:30:00 +0100"}},
		{"Brussels, back, the end of the doubled hour", "Europe/Brussels", "0 3 * * *", "2026-10-24T12:00:00Z",
			[]string{"10-25 03:00:00 +0100", "10-26 03:00:00 +0100"}},
		{"Brussels, back, several times", "Europe/Brussels", "*/30 2,3 * * *", "2026-10-24T12:00:00Z",
			[]string{"10-25 02:00:00 +0200", "10-25 02:30:00 +0200", "10-25 03:00:00 +0100", "10-25 03:30:00 +0100"}},
		{"Brussels, back, every hour is an interval", "Europe/Brussels", "0 * * * *", "2026-10-24T23:30:00Z",
			[]string{"10-25 02:00:00 +0200", "10-25 02:00:00 +0100", "10-25 03:00:00 +0100"}},
		{"Brussels, back, so are minutes of every hour", "Europe/Brussels", "*/30 * * * *", "2026-10-25T00:00:00Z",
			[]string{"10-25 02:30:00 +0200", "10-25 02:00:00 +0100", "10-25 02:30:00 +0100", "10-25 03:00:00 +0100"}},
		{"Brussels, back, elapsed time", "Europe/Brussels", "@every 1h", "2026-10-24T23:30:00Z",
			[]string{"10-25 02:30:00 +0200", "10-25 02:30:00 +0100", "10-25 03:30:00 +0100"}},
		// New York, 8 March and 1 November 2026.
		{"New York, forward", "America/New_York", "30 2 * * *", "2026-03-07T12:00:00Z",
			[]string{"03-08 03:00:00 -0400", "03-09 02:30:00 -0400"}},
		{"New York, back", "America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z",
			[]string{"11-01 01:30:00 -0400", "11-02 01:30:00 -0500"}},
		// Santiago: the gap is at midnight, 6 September 2026; the doubled hour before it, 5 April.
		{"Santiago, forward at midnight", "America/Santiago", "0 0 * * *", "2026-09-05T12:00:00Z",
			[]string{"09-06 01:00:00 -0300", "09-07 00:00:00 -0300"}},
		{"Santiago, forward at midnight, on Sundays", "America/Santiago", "@weekly", "2026-09-01T12:00:00Z",
			[]string{"09-06 01:00:00 -0300", "09-13 00:00:00 -0300"}},
		{"Santiago, forward at midnight, another day", "America/Santiago", "0 0 * * 1", "2026-09-05T12:00:00Z",
			[]string{"09-07 00:00:00 -0300"}},
		{"Santiago, back at midnight", "America/Santiago", "30 23 * * *", "2026-04-04T12:00:00Z",
			[]string{"04-04 23:30:00 -0300", "04-05 23:30:00 -0400"}},
		// Lord Howe turns its clock by half an hour: 4 October 2026 02:00 to 02:30, 5 April 02:00 to 01:30.
		{"Lord Howe, forward", "Australia/Lord_Howe", "15 2 * * *", "2026-10-02T20:00:00Z",
			[]string{"10-04 02:30:00 +1100", "10-05 02:15:00 +1100"}},
		{"Lord Howe, forward, not skipped", "Australia/Lord_Howe", "45 2 * * *", "2026-10-03T00:00:00Z",
			[]string{"10-04 02:45:00 +1100", "10-05 02:45:00 +1100"}},
		{"Lord Howe, forward, every hour", "Australia/Lord_Howe", "15 * * * *", "2026-10-03T14:00:00Z",
			[]string{"10-04 01:15:00 +1030", "10-04 02:30:00 +1100", "10-04 03:15:00 +1100"}},
		{"Lord Howe, back", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00:00Z",
			[]string{"04-05 01:45:00 +1100", "04-06 01:45:00 +1030"}},
		{"Lord Howe, back, not doubled", "Australia/Lord_Howe", "15 1 * * *", "2026-04-04T00:00:00Z",
			[]string{"04-05 01:15:00 +1100", "04-06 01:15:00 +1030"}},
		{"Lord Howe, back, every hour", "Australia/Lord_Howe", "45 * * * *", "2026-04-04T14:00:00Z",
			[]string{"04-05 01:45:00 +1100", "04-05 01:45:00 +1030", "04-05 02:45:00 +1030"}},
		// After 2037 zone files have rules instead of lists, and Go's reading of them is off on this day.
		{"the last day of a leap year", "Europe/Brussels", "0 */12 * * *", "2040-12-30T20:00:00Z",
			[]string{"12-31 00:00:00 +0100", "12-31 12:00:00 +0100", "01-01 00:00:00 +0100", "01-01 12:00:00 +0100"}},
		{"over the last day of a leap year", "America/New_York", "@yearly", "2040-01-02T00:00:00Z",
			[]string{"01-01 00:00:00 -0500", "01-01 00:00:00 -0500"}},
		// Samoa left out a whole day when it changed the side of the date line: 30 December 2011.
		{"Apia, a day that never was", "Pacific/Apia", "0 3 * * *", "2011-12-29T00:00:00Z",
			[]string{"12-29 03:00:00 -1000", "12-31 00:00:00 +1400", "12-31 03:00:00 +1400"}},
		{"Apia, a day that never was, by weekday", "Pacific/Apia", "0 3 * * 5", "2011-12-25T00:00:00Z",
			[]string{"12-31 00:00:00 +1400", "01-06 03:00:00 +1400"}},
		// Kwajalein had 20 August 1993 not at all, and 30 September 1969 twice.
		{"Kwajalein, a day that never was", "Pacific/Kwajalein", "0 3 * * *", "1993-08-20T00:00:00Z",
			[]string{"08-20 03:00:00 -1200", "08-22 00:00:00 +1200", "08-22 03:00:00 +1200"}},
		// Morocco turns its clock back for Ramadan and forward after it: 15 February and 22 March 2026.
		{"Casablanca, back for Ramadan", "Africa/Casablanca", "30 2 * * *", "2026-02-14T12:00:00Z",
			[]string{"02-15 02:30:00 +0100", "02-16 02:30:00 +0000"}},
		{"Casablanca, forward after it", "Africa/Casablanca", "30 2 * * *", "2026-03-21T12:00:00Z",
			[]string{"03-22 03:00:00 +0100", "03-23 02:30:00 +0100"}},
		{"no daylight saving time", "Asia/Manila", "30 2 * * *", "2026-03-28T00:00:00Z",
			[]string{"03-29 02:30:00 +0800", "03-30 02:30:00 +0800"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := schedule(t, test.text, test.zone)
			now := at(t, test.after)
			for i, want := range test.want {
				now = s.Next(now)
				if got := now.In(s.Zone()).Format(local); got != want {
					t.Errorf("due time %d is %s, want %s", i+1, got, want)
				}
			}
		})
	}
}

// TestNoDueTimeIsLeftOutOrDoubled walks each zone day by day, beyond the last transition that zone files list: each
// day has one due time of a daily schedule, whatever its clock did.
func TestNoDueTimeIsLeftOutOrDoubled(t *testing.T) {
	for _, zone := range []string{
		"Europe/Brussels", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo",
		"Asia/Beirut", "America/Havana", "Antarctica/Troll", "Pacific/Chatham", "UTC",
	} {
		for _, hour := range []int{0, 2} {
			s := schedule(t, fmt.Sprintf("30 %d * * *", hour), zone)
			now := time.Date(2019, 12, 31, hour, 30, 0, 0, s.Zone())
			for day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2042; day = day.AddDate(0, 0, 1) {
				now = s.Next(now)
				if got, want := now.In(s.Zone()), day.Format(time.DateOnly); got.Format(time.DateOnly) != want {
					t.Fatalf("%v: due at %v, want one on %s", s, got, want)
				}
			}
		}
	}
}

func TestNextIsStrictlyAfter(t *testing.T) {
	s := schedule(t, "0 3 * * *", "UTC")
	for after, want := range map[string]string{
		"2026-11-18T02:59:59Z":           "2026-11-18T03:00:00Z",
		"2026-11-18T02:59:59.999999999Z": "2026-11-18T03:00:00Z",
		"2026-11-18T03:00:00Z":           "2026-11-19T03:00:00Z",
		"2026-11-18T03:00:00.000000001Z": "2026-11-19T03:00:00Z",
		"2026-11-18T04:00:00+01:00":      "2026-11-19T03:00:00Z",
	} {
		if got := s.Next(at(t, after)); !got.Equal(at(t, want)) {
			t.Errorf("after %s: %v, want %s", after, got, want)
		}
	}
}

func TestNoneWithinFiveYearsIsNone(t *testing.T) {
	s := schedule(t, "0 0 29 2 *", "")
	if got := s.Next(at(t, "2096-03-01T00:00:00Z")); !got.IsZero() {
		t.Errorf("29 February after 2096 is %v; the next is in 2104", got)
	}
}

func BenchmarkNext(b *testing.B) {
	for _, text := range []string{"0 3 * * *", "@yearly", "*/5 * * * *", "@every 1h"} {
		b.Run(text, func(b *testing.B) {
			s, err := scheduler.Parse(text, "Europe/Brussels")
			if err != nil {
				b.Fatal(err)
			}
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for b.Loop() {
				now = s.Next(now)
				if now.Year() > 2100 {
					now = now.AddDate(-74, 0, 0)
				}
			}
		})
	}
}
