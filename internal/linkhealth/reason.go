package linkhealth

import (
	"github.com/ibid-archive/ibid"
)

// conclude puts the Judgement together.
func (c *judged) conclude(h ibid.Health) Judgement {
	j := Judgement{Health: h, Evidence: evidence(c.marks, h)}
	gravest := ""
	if len(j.Evidence) > 0 && j.Evidence[0].For == h {
		gravest = j.Evidence[0].Text
	}
	j.Reason = c.reason(h, gravest)
	return j
}

// reason is the line for people. gravest is what was seen that says most.
func (c *judged) reason(h ibid.Health, gravest string) string {
	status := statusLine(c.v.Final.Status)
	switch h {
	case ibid.HealthGone:
		return status
	case ibid.HealthBlocked:
		return gravest + ": it keeps us out, which does not mean that the source is gone"
	case ibid.HealthSoft404:
		return status + ", but the source is not there: " + gravest
	case ibid.HealthParked:
		return "the domain is in other hands: " + gravest
	case ibid.HealthUnreachable:
		if c.statusSays != ibid.HealthUnreachable {
			return status + ", but with nothing: " + gravest
		}
		return status
	case ibid.HealthMoved:
		return "moved to " + shorten(c.final.String())
	case ibid.HealthDrifted:
		return gravest
	}
	if len(c.l.Missing) > 0 {
		return "the part #" + tidy(c.l.Missing[0], maxTag) + " that is cited is no longer in the page"
	}
	return ""
}
