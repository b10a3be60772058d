package replay

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// rawPath is the path and the query of a request as they were sent: parsing would encode some of it anew.
func rawPath(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	path := r.URL.EscapedPath() // a proxy is asked for whole addresses
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		path += "?" + r.URL.RawQuery
	}
	return path
}

// badRequest is the error of a request that cannot be meant so.
func badRequest(what, why string) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "answer for", URI: clipped(what), Err: errors.New(why)}
}

// clipped is s as it may stand in a message.
func clipped(s string) string {
	if len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// original is the address that stands at the end of a path: absolute, in its canonical form. Proxies may have made one
// slash of two, and clients may have encoded it whole. The error is of KindInput.
func original(tail string) (string, error) {
	head, _, _ := strings.Cut(strings.ToLower(tail[:min(len(tail), 16)]), "/")
	if strings.HasPrefix(head, "http%3a") || strings.HasPrefix(head, "https%3a") || strings.HasPrefix(head, "ftp%3a") || strings.HasPrefix(head, "urn%3a") {
		whole, err := url.PathUnescape(tail)
		if err != nil {
			return "", badRequest(tail, "its percent-encoding is broken")
		}
		tail = whole
	}
	if tail == "" {
		return "", badRequest("an empty address", "an address is missing")
	}
	lower := strings.ToLower(tail[:min(len(tail), 16)])
	for _, scheme := range []string{"http:", "https:", "ftp:"} {
		if strings.HasPrefix(lower, scheme) {
			return cdx.Canonical(scheme + "//" + strings.TrimLeft(tail[len(scheme):], "/"))
		}
	}
	if strings.HasPrefix(lower, "urn:") {
		return cdx.Canonical(tail)
	}
	return cdx.Canonical("http://" + strings.TrimLeft(tail, "/"))
}

// target is what an address of a memento asks for.
type target struct {
	// stamp is as given, 1 to 17 digits; at the instant that it is taken to mean.
	stamp    string
	at       time.Time
	modifier string
	uri      string
}

// exact says whether the stamp is that of one memento, to the second.
func (t *target) exact() bool { return len(t.stamp) >= 14 }

// parseWeb reads "{timestamp}{modifier}/{uri}"; ok is false when there is no timestamp, so that all of it is an address.
func parseWeb(rest string) (t target, ok bool, err error) {
	first, tail, found := strings.Cut(rest, "/")
	digits := len(first) - len(strings.TrimLeft(first, "0123456789"))
	modifier := first[digits:]
	if !found || digits == 0 || digits > 17 || !isModifier(modifier) {
		return target{}, false, nil
	}
	t = target{stamp: first[:digits], modifier: modifier}
	if t.at, err = instantOf(t.stamp); err != nil {
		return t, true, err
	}
	t.uri, err = original(tail)
	return t, true, err
}

// isModifier says whether m has the form of a modifier: empty, or two letters and "_".
func isModifier(m string) bool {
	return m == "" || len(m) == 3 && m[2] == '_' && 'a' <= m[0] && m[0] <= 'z' && 'a' <= m[1] && m[1] <= 'z'
}

// period is the time that 1 to 17 digits mean, its first and its last instant. The error is of KindInput.
func period(stamp string) (from, to time.Time, err error) {
	bad := badRequest("the timestamp "+strconv.Quote(clipped(stamp)), "it has the form YYYYMMDDhhmmss, of which the end may be left out")
	for _, c := range stamp {
		if c < '0' || c > '9' {
			return from, to, bad
		}
	}
	if len(stamp) == 17 {
		from, err = cdx.ParseTimestamp(stamp)
		if err != nil {
			return from, to, bad
		}
		return from, from.Add(time.Millisecond - time.Microsecond), nil
	}
	if stamp == "" || len(stamp) > 14 {
		return from, to, bad
	}
	low, high := padded(stamp, "00000101000000"), padded(stamp, "99991231235959")
	if from, err = time.Parse("20060102150405", low); err != nil {
		return from, to, bad
	}
	for day := 31; ; day-- { // of a month that has fewer
		if to, err = time.Parse("20060102150405", high); err == nil {
			return from, to.Add(time.Second - time.Microsecond), nil
		}
		if day == 28 || len(stamp) > 7 {
			return from, to, bad
		}
		high = high[:6] + strconv.Itoa(day-1) + high[8:]
	}
}

// padded is stamp made as long as fill by its end. A single digit of a month or a day cannot be padded at random: "1" of a
// month is 10 at the least and 12 at the most.
func padded(stamp, fill string) string {
	full := stamp + fill[len(stamp):]
	low := fill[0] == '0'
	switch len(stamp) {
	case 5:
		switch {
		case low && stamp[4] == '0':
			full = stamp + "1" + fill[6:]
		case low:
			full = stamp + "0" + fill[6:]
		case stamp[4] == '0':
			full = stamp + "9" + fill[6:]
		}
	case 7:
		switch {
		case low && stamp[6] == '0':
			full = stamp + "1" + fill[8:]
		case low:
			full = stamp + "0" + fill[8:]
		case stamp[6] < '3':
			full = stamp + "9" + fill[8:]
		}
	case 9:
		if !low && stamp[8] < '2' {
			full = stamp + "9" + fill[10:]
		}
	}
	return full
}

// instantOf is the instant that a timestamp asks for: the middle of the time that it means, so that what was captured
// within is nearer than what was not. "0" is the beginning of time, for the first memento.
func instantOf(stamp string) (time.Time, error) {
	if strings.Trim(stamp, "0") == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	from, to, err := period(stamp)
	if err != nil || len(stamp) >= 14 {
		return from, err
	}
	return from.Add(to.Sub(from) / 2), nil
}
