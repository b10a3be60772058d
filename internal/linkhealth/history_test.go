package linkhealth

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestHistory(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	look := func(seed string, n int, h ibid.Health) ibid.Fared {
		return ibid.Fared{Seed: seed, Began: day(n), Health: h}
	}
	moment := func(n, told, rotten, drifted, untold int) ibid.HealthMoment {
		return ibid.HealthMoment{When: day(n), Told: told, Rotten: rotten, Drifted: drifted, Untold: untold}
	}
	for _, tt := range []struct {
		name  string
		looks []ibid.Fared
		n     int
		want  []ibid.HealthMoment
	}{
		{"of nothing", nil, 5, nil},
		{"of one look", []ibid.Fared{look("a", 0, ibid.HealthLive)}, 5, []ibid.HealthMoment{moment(0, 1, 0, 0, 0)}},
		{"a day is a moment", []ibid.Fared{look("a", 0, ibid.HealthLive), look("b", 0, ibid.HealthGone), look("a", 1, ibid.HealthDrifted)}, 5, []ibid.HealthMoment{moment(0, 2, 1, 0, 0), moment(1, 2, 1, 1, 0)}},
		{"in any order", []ibid.Fared{look("a", 2, ibid.HealthParked), look("a", 0, ibid.HealthLive)}, 5, []ibid.HealthMoment{moment(0, 1, 0, 0, 0), moment(2, 1, 1, 0, 0)}},
		{"what cannot be told", []ibid.Fared{look("a", 0, ibid.HealthLive), look("a", 3, ibid.HealthUnknown)}, 5, []ibid.HealthMoment{moment(0, 1, 0, 0, 0), moment(3, 0, 0, 0, 1)}},
		{"what comes back", []ibid.Fared{look("a", 0, ibid.HealthGone), look("a", 1, ibid.HealthMoved)}, 5, []ibid.HealthMoment{moment(0, 1, 1, 0, 0), moment(1, 1, 0, 0, 0)}},
		{"more days than moments", []ibid.Fared{look("a", 0, ibid.HealthLive), look("b", 1, ibid.HealthLive), look("c", 2, ibid.HealthGone), look("d", 8, ibid.HealthLive)}, 2, []ibid.HealthMoment{moment(2, 3, 1, 0, 0), moment(8, 4, 1, 0, 0)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := History(tt.looks, tt.n); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	var many []ibid.Fared
	for i := range 1000 {
		many = append(many, look(fmt.Sprint(i%7), i, []ibid.Health{ibid.HealthLive, ibid.HealthGone, ibid.HealthBlocked}[i%3]))
	}
	got := History(many, 16)
	if last := got[len(got)-1]; len(got) != 16 || last.Told+last.Untold != 7 || !last.When.Equal(day(999)) {
		t.Errorf("%v", got)
	}
}
