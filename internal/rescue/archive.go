package rescue

import (
	"net/url"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Archive is another web archive, and how it is asked. At least one of CDX, TimeMap and TimeGate is given.
type Archive struct {
	ID   ibid.Origin
	Name string
	// TimeMap is where the lists of its Mementos are, up to the address (RFC 7089, 5).
	TimeMap string
	// TimeGate is where its Mementos are, up to timestamp and address; the address alone makes a TimeGate of it
	// (RFC 7089, 4.1).
	TimeGate string
	// CDX is its CDX server, without the query. It needs TimeGate.
	CDX string
	// Raw is what stands after the timestamp for bytes as they were sent, such as "id_"; empty: there is no such thing.
	Raw string
	// IndexRate and MementoRate are requests a minute. Where MementoRate is 0, IndexRate counts for both together.
	IndexRate, MementoRate float64
}

// Kinds of requests, each with its own rate.
const (
	kindIndex   = "index"
	kindMemento = "memento"
)

// rate returns the name of the budget for requests of that kind, and the time between two of them.
func (a *Archive) rate(kind string) (string, time.Duration) {
	perMinute := a.IndexRate
	if kind == kindMemento && a.MementoRate > 0 {
		perMinute = a.MementoRate
	} else {
		kind = kindIndex
	}
	return kind, every(perMinute)
}

// every is the time between two requests of that many a minute; no rate is one a minute.
func every(perMinute float64) time.Duration {
	if perMinute <= 0 {
		return time.Minute
	}
	return time.Duration(float64(time.Minute) / perMinute)
}

// name is what people read.
func (a *Archive) name() string {
	if a.Name != "" {
		return a.Name
	}
	return string(a.ID)
}

// mementoOf returns the address of the raw Memento of uri at ts, 14 digits; empty where it cannot be made.
func (a *Archive) mementoOf(ts, uri string) string {
	if a.TimeGate == "" {
		return ""
	}
	return a.TimeGate + ts + a.Raw + "/" + uri
}

// raw returns the address of the raw bytes of the Memento uriM, and the timestamp and the original address that it
// names. Where it names none it is returned as it is.
func (a *Archive) raw(uriM string) (rawURI, ts, original string) {
	from, to := findTimestamp(uriM)
	if from < 0 {
		return uriM, "", ""
	}
	rest := uriM[to:]
	modifier, original, ok := strings.Cut(rest, "/")
	if !ok || modifier != "" && !isModifier(modifier) || original == "" {
		return uriM, "", ""
	}
	if !strings.Contains(original, "://") {
		// "http:/a.example" is what some proxies leave of two slashes.
		if fixed, cut := strings.CutPrefix(original, "http:/"); cut {
			original = "http://" + fixed
		} else if fixed, cut := strings.CutPrefix(original, "https:/"); cut {
			original = "https://" + fixed
		} else {
			original = "http://" + original
		}
	}
	return uriM[:to] + a.Raw + "/" + rest[len(modifier)+1:], uriM[from:to], original
}

// isModifier knows "id_", "if_" and the like.
func isModifier(s string) bool { return len(s) == 3 && s[2] == '_' }

// findTimestamp finds the first part of the path that begins with 14 digits, a slash before it.
func findTimestamp(uriM string) (from, to int) {
	for at := 0; ; {
		i := strings.IndexByte(uriM[at:], '/')
		if i < 0 {
			return -1, -1
		}
		at += i + 1
		n := 0
		for at+n < len(uriM) && n < 15 && uriM[at+n] >= '0' && uriM[at+n] <= '9' {
			n++
		}
		if n == 14 {
			return at, at + n
		}
	}
}

// owns says whether uri is on a host of a, or below one, so that a request for it is a request to a.
func (a *Archive) owns(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	for _, base := range []string{a.TimeGate, a.TimeMap, a.CDX} {
		b, err := url.Parse(base)
		if err != nil || b.Host == "" {
			continue
		}
		if strings.EqualFold(u.Host, b.Host) || u.Port() == b.Port() && strings.HasSuffix(strings.ToLower(u.Hostname()), "."+strings.ToLower(b.Hostname())) {
			return true
		}
	}
	return false
}
