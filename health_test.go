package ibid_test

import (
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestSettledHealths(t *testing.T) {
	for h, want := range map[ibid.Health]bool{
		ibid.HealthLive: true, ibid.HealthMoved: true, ibid.HealthDrifted: true, ibid.HealthSoft404: true, ibid.HealthGone: true,
		ibid.HealthParked: true, ibid.HealthBlocked: false, ibid.HealthUnreachable: false, ibid.HealthUnknown: false, "": false,
	} {
		if h.Settled() != want {
			t.Errorf("%q settled: %v", h, !want)
		}
	}
}
