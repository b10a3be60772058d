package linkhealth

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/ibid-archive/ibid"
)

// Look is all that is known when a source is judged. Only Visit is needed.
type Look struct {
	Visit *ibid.Visit
	// Asked is the address as it is cited; "" is the Seed of the Visit, or where its way began.
	Asked string
	// Signs are what the answer at the end of the way says; nil: nobody read it.
	Signs *Signs
	// Sibling is what WantsProbe's address answered; nil: it was not asked.
	Sibling *Sibling
	// Shared is how many other sources of the run, with other addresses, ended at the same address or with the same
	// Fingerprint.
	Shared int
	// Drift is how far the source is from what was cited; nil: it was not compared.
	Drift *ibid.Drift
	// Missing are fragments that are cited and that the page does not have.
	Missing []string
	// Before is the Visit before this one. What the server confirms (304) fares as it did then.
	Before *ibid.Visit
}

// Sibling is what a made-up address beside the one that was asked for answered.
type Sibling struct {
	// URI is where that ended, after redirects.
	URI string
	// Status is 0 where no answer came.
	Status int
	Signs  *Signs
}

// Judgement is how a source fares.
type Judgement struct {
	Health ibid.Health
	// Evidence is never empty. What speaks for Health is at the top.
	Evidence []ibid.Evidence
	// Reason is for people, in one line; "": it is as it should be.
	Reason string
}

// Judge says how a source fares.
func Judge(l Look) Judgement {
	v := l.Visit
	switch {
	case v.Final == nil:
		return nothing(v)
	case v.NotModified && l.Signs == nil && l.Before != nil && l.Before.Health.Settled():
		return asBefore(l.Before)
	}
	c := l.newCase()
	c.status()
	if d := c.byStatus(); d != "" {
		return c.conclude(d)
	}
	c.weigh()
	if d := decided(c.marks); d != "" {
		return c.conclude(d)
	}
	return c.conclude(c.alive())
}

// nothing judges a Visit without an answer.
func nothing(v *ibid.Visit) Judgement {
	h, rule := ibid.HealthUnknown, "class"
	switch {
	case v.Verdict != ibid.Failed, oursToMend(v.Class):
	case v.Class == ibid.ClassServerBusy:
		h = ibid.HealthBlocked
	default:
		h = ibid.HealthUnreachable
	}
	text := cmp.Or(v.Reason, fmt.Sprintf("no answer that could be used: %s", cmp.Or(string(v.Class), string(v.Verdict), "nothing was asked")))
	return Judgement{Health: h, Evidence: []ibid.Evidence{{Rule: rule, For: h, Text: text}}}
}

// oursToMend says whether what went wrong is not of the source's making.
func oursToMend(c ibid.Class) bool {
	switch c {
	case ibid.ClassStorageFull, ibid.ClassStorageUnavailable, ibid.ClassDigestMismatch, ibid.ClassBudgetPages, ibid.ClassRobotsDenied,
		ibid.ClassRobotsUnreachable, ibid.ClassAddressRefused, ibid.ClassSchemeRefused, ibid.ClassPolicyNoArchive:
		return true
	}
	return false
}

// asBefore repeats what the page was found to be that has not changed since.
func asBefore(before *ibid.Visit) Judgement {
	j := Judgement{Health: before.Health, Evidence: slices.Clone(before.Evidence), Reason: before.Reason}
	if !slices.ContainsFunc(j.Evidence, func(e ibid.Evidence) bool { return e.Rule == "not-modified" }) {
		j.Evidence = append(j.Evidence, ibid.Evidence{Rule: "not-modified", For: before.Health, Text: "the server says that it has not changed"})
	}
	return j
}

// status is the evidence of the status.
func (c *judged) status() {
	h, s := statusHealth(c.v.Final.Status), c.v.Final.Status
	if h == ibid.HealthLive && c.v.Verdict == ibid.Failed {
		h = ibid.HealthUnreachable
	}
	c.statusSays = h
	c.mark("status", h, weak, statusLine(s))
}

func statusLine(s int) string {
	if text := http.StatusText(s); text != "" {
		return fmt.Sprintf("the site answers %d %s", s, text)
	}
	return fmt.Sprintf("the site answers %d", s)
}

// statusHealth is what a status says by itself: gone on 404 and 410 (RFC 9110, 15.5.5 and 15.5.11), blocked where the site
// asks us to stay away. 406, 418 and 999 are answers of sites to programs.
func statusHealth(s int) ibid.Health {
	switch s {
	case http.StatusNotFound, http.StatusGone:
		return ibid.HealthGone
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotAcceptable, http.StatusProxyAuthRequired,
		http.StatusTeapot, http.StatusTooManyRequests, http.StatusUnavailableForLegalReasons, 999:
		return ibid.HealthBlocked
	}
	if s >= 200 && s < 300 {
		return ibid.HealthLive
	}
	return ibid.HealthUnreachable
}

// byStatus decides on answers that are no success. A firewall can answer anything, and a parked domain 404.
func (c *judged) byStatus() ibid.Health {
	switch {
	case points(c.marks, ibid.HealthBlocked) >= decisive:
		return ibid.HealthBlocked
	case c.statusSays == ibid.HealthGone && points(c.marks, ibid.HealthParked) >= decisive:
		return ibid.HealthParked
	case c.statusSays != ibid.HealthLive:
		return c.statusSays
	}
	return ""
}

// alive says which of the lively Healths a source has that is not dead.
func (c *judged) alive() ibid.Health {
	switch {
	case c.l.Drift != nil && Drifted(*c.l.Drift):
		return ibid.HealthDrifted
	case c.elsewhere:
		return ibid.HealthMoved
	}
	return ibid.HealthLive
}
