package testsite

import (
	"slices"
	"strings"
)

// Threat is one row of the table: an address, and what a crawler should make of it.
type Threat struct {
	// Name is unique, and the first label of the host where there is one.
	Name string
	// Group is one of "tls", "coding", "http", "flood", "slow", "redirect", "changing", "robots", "trap",
	// "charset", "html", "ssrf".
	Group string
	URL   string
	// Want is the verdict, in the words of the root package; several that are right are divided by "|".
	Want string
	// WantClass is the class of it, likewise: "" is none, "*" is any but none. Classes of one verdict
	// are not told from those of another.
	WantClass string
	// Depth is the crawl.depth with which URL is asked for.
	Depth int
	// Note says what the host does, and what else must hold.
	Note string
}

// Fits says whether a verdict and its class are right.
func (t Threat) Fits(verdict, class string) bool {
	if !slices.Contains(strings.Split(t.Want, "|"), verdict) {
		return false
	}
	if verdict == archived {
		return class == ""
	}
	return t.WantClass == "*" && class != "" || slices.Contains(strings.Split(t.WantClass, "|"), class)
}

// The verdicts and the groups. The root package holds the verdicts; a test compares.
const (
	archived  = "archived"
	noted     = "archived-noted"
	truncated = "truncated"
	failed    = "failed"
	refused   = "refused"

	groupTLS      = "tls"
	groupCoding   = "coding"
	groupHTTP     = "http"
	groupFlood    = "flood"
	groupSlow     = "slow"
	groupRedirect = "redirect"
	groupChanging = "changing"
	groupRobots   = "robots"
	groupTrap     = "trap"
	groupCharset  = "charset"
	groupHTML     = "html"
	groupSSRF     = "ssrf"
)

// Limits are those for which the table says what it wants. They are small, so that a run is short; idle
// and total times below a second will do as well.
type Limits struct {
	Header, Body, Decoded int64 // bytes
	Redirects, Pages      int
}

// HostileLimits returns the limits of the table: headers 1 MiB, body 32 MiB, decoded 128 MiB,
// 20 redirects, 100 pages a seed.
func HostileLimits() Limits {
	return Limits{Header: 1 << 20, Body: 32 << 20, Decoded: 128 << 20, Redirects: 20, Pages: 100}
}

// hostileCases is the whole table. canary is the port that nobody may reach.
func hostileCases(canary string) []*hostileCase {
	return slices.Concat(tlsCases(), codingCases(), bombCases(), messageCases(), lengthCases(), floodCases(), slowCases(),
		redirectCases(), refusedRedirectCases(canary), changingCases(), robotsCases(), trapCases(),
		charsetCases(), htmlCases(canary), ssrfCases(canary))
}

// onHTTP makes the case of a host that answers with s.
func onHTTP(group, name, want, class, note string, s script) *hostileCase {
	return &hostileCase{
		Threat: Threat{Name: name, Group: group, URL: "http://" + name + hostileDomain + "/", Want: want, WantClass: class, Note: note},
		script: s,
	}
}
