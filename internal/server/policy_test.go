package server

import "testing"

func TestPolicyInOneSentence(t *testing.T) {
	for _, tt := range []struct {
		l    language
		c    Collection
		want string
	}{
		{english, Collection{}, "Looked at again when somebody asks; robots.txt is obeyed; everybody may read it."},
		{english, Collection{Schedule: "0 3 * * 1", Zone: "Asia/Bangkok", Private: true}, "Looked at again every Monday at 03:00 (Asia/Bangkok); robots.txt is obeyed; only with a token it is seen."},
		{french, Collection{Schedule: "0 3 * * 7", Zone: "UTC", IgnoresRobots: true}, "Revues chaque dimanche à 03:00 (UTC); robots.txt n’est pas consulté; tout le monde peut la lire."},
		{spanish, Collection{Schedule: "@daily", Zone: "UTC"}, "Se revisan cada día a las 00:00 (UTC); se respeta robots.txt; todos pueden leerla."},
		{english, Collection{Schedule: "30 4 15 * *", Zone: "UTC"}, "Looked at again on day 15 of every month at 04:30 (UTC); robots.txt is obeyed; everybody may read it."},
		{english, Collection{Schedule: "@hourly", Zone: "UTC"}, "Looked at again every hour (UTC); robots.txt is obeyed; everybody may read it."},
	} {
		if got := tt.l.policy(tt.c); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	for _, odd := range []string{"*/5 * * * *", "0 3 * * 1-5", "0 3 * 2 *", "0 3 1 * 1", "@every 6h", "61 3 * * *", "x"} {
		if got := english.rule(odd); got != "by the schedule "+odd {
			t.Errorf("%q: %q", odd, got)
		}
	}
}
