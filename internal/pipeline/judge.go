package pipeline

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// judge fills in what the end of a Visit says of the source's health, and the reason for people.
func judge(v *ibid.Visit) {
	v.Health = healthOf(v)
	if v.Reason == "" {
		v.Reason = reasonOf(v)
	}
}

// healthOf is what one look can say. A source is called moved when a permanent change of address led to
// its end, gone on 404 and 410 (RFC 9110, 15.5.5 and 15.5.11), blocked when it asks us to stay away.
func healthOf(v *ibid.Visit) ibid.Health {
	if v.Final == nil {
		switch v.Verdict {
		case ibid.Failed:
			if v.Class == ibid.ClassServerBusy {
				return ibid.HealthBlocked
			}
			return ibid.HealthUnreachable
		default:
			return ibid.HealthUnknown
		}
	}
	switch s := v.Final.Status; {
	case s == http.StatusNotFound || s == http.StatusGone:
		return ibid.HealthGone
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusProxyAuthRequired,
		s == http.StatusTooManyRequests, s == http.StatusUnavailableForLegalReasons:
		return ibid.HealthBlocked
	case s >= 200 && s < 300 && v.Verdict == ibid.Failed, s < 200 || s >= 300:
		return ibid.HealthUnreachable
	case len(v.Hops) > 1 && !sameAddress(v.Hops[0], v.Hops[len(v.Hops)-1]):
		return ibid.HealthMoved
	default:
		return ibid.HealthLive
	}
}

// sameAddress says whether two addresses differ only in scheme, "www.", the last slash or the fragment: what
// sites redirect without having moved anything.
func sameAddress(a, b string) bool {
	return barePlace(a) == barePlace(b)
}

func barePlace(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return host + "|" + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

// outcomeOf is what became of a Reference whose source ended so.
func outcomeOf(v *ibid.Visit) ibid.Outcome {
	switch {
	case v.Verdict == ibid.Refused:
		return ibid.OutcomeExcluded
	case v.Verdict == ibid.Failed || v.Final == nil:
		return ibid.OutcomeFailed
	case v.Health == ibid.HealthGone, v.Health == ibid.HealthSoft404, v.Health == ibid.HealthParked:
		return ibid.OutcomeLost
	case v.Final.Status >= 200 && v.Final.Status < 300:
		return ibid.OutcomeCaptured
	default:
		return ibid.OutcomeFailed
	}
}

// reasonOf says in a line what an answer without a named class means.
func reasonOf(v *ibid.Visit) string {
	if v.Final == nil {
		return ""
	}
	status := fmt.Sprintf("the site answers %d %s", v.Final.Status, http.StatusText(v.Final.Status))
	switch v.Health {
	case ibid.HealthGone:
		return status + "; no other archive was asked"
	case ibid.HealthBlocked:
		return status + ": it keeps us out, which does not mean that the source is gone"
	case ibid.HealthUnreachable:
		return status
	case ibid.HealthMoved:
		return "moved to " + v.Hops[len(v.Hops)-1]
	default:
		return ""
	}
}
