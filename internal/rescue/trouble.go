package rescue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// trouble is why an archive did not give what was asked for.
type trouble struct {
	// text goes on after the name of the archive.
	text string
	// later: it may, at another time; not before until, where that is known.
	later bool
	until time.Time
	// excluded: it has it, or may have, and keeps it from us.
	excluded bool
	// none: it holds nothing.
	none bool
	// away: it cannot be reached, or does not get done. Another of its interfaces would not, either.
	away bool
	// fault: it counts towards the failures after which an archive rests.
	fault bool
}

func (t *trouble) Error() string { return t.text }

// otherWay says whether another of the archive's interfaces may know better.
func (t *trouble) otherWay() bool { return !t.none && !t.excluded && !t.away && t.until.IsZero() }

// Causes of ends that we make ourselves.
var (
	errIdle    = errors.New("sent nothing for too long")
	errSlow    = errors.New("took too long")
	errEnough  = errors.New("enough was found")
	errTooLong = errors.New("sent a longer list than is read")
)

// troubleOf makes trouble of what went wrong on the way, unless it is about ourselves.
func troubleOf(ctx context.Context, err error) error {
	var known *trouble
	if errors.As(err, &known) || ibid.KindOf(err) == ibid.KindStorage {
		return err
	}
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errIdle), errors.Is(cause, errSlow):
		return &trouble{text: cause.Error(), later: true, fault: true, away: true}
	case cause != nil:
		return cause
	case errors.Is(err, errNotAList), errors.Is(err, errTooLong), errors.Is(err, errEntryTooLong):
		return &trouble{text: err.Error()}
	case ibid.KindOf(err) == ibid.KindPolicy:
		return &trouble{text: oneLine(err.Error())}
	case strings.Contains(err.Error(), "server response headers exceeded"):
		return &trouble{text: "sent a head that is too long", fault: true}
	}
	return &trouble{text: "cannot be read: " + oneLine(err.Error()), later: true, fault: true, away: true}
}

// oneLine makes foreign words fit to be read: one line of bounded length.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "..."
	}
	return s
}

// maxRest bounds what an archive may ask for with Retry-After.
const maxRest = 24 * time.Hour

// refusal is what an answer means that is no Memento and no list (the rule of EDGI's Wayback client); nil: it may be
// read.
func refusal(status int, h http.Header, now time.Time) *trouble {
	said := strings.Join(h.Values("X-Archive-Wayback-Runtime-Error"), " ")
	switch {
	case strings.Contains(said, "AdministrativeAccessControl"):
		return &trouble{text: "keeps it from us: excluded by the archive", excluded: true}
	case strings.Contains(said, "RobotAccessControl"):
		return &trouble{text: "keeps it from us: the site's robots.txt", excluded: true}
	case status == http.StatusForbidden || status == http.StatusUnavailableForLegalReasons:
		return &trouble{text: fmt.Sprintf("keeps it from us: status %d", status), excluded: true}
	case status == http.StatusNotFound || status == http.StatusGone || strings.Contains(said, "ResourceNotInArchive"):
		return &trouble{text: "has none", none: true}
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && h.Get("Retry-After") != "":
		until := now.Add(min(retryAfter(h.Get("Retry-After"), now), maxRest))
		return &trouble{text: fmt.Sprintf("asks us to wait (status %d)", status), later: true, until: until}
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusRequestEntityTooLarge, status == http.StatusMisdirectedRequest:
		return &trouble{text: fmt.Sprintf("fails with status %d", status), later: true, fault: true}
	case status >= 400 || status < 200:
		return &trouble{text: fmt.Sprintf("answers with status %d", status)}
	}
	return nil
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3); one minute where nothing, or nothing sensible, is said.
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 && n < 1<<31 {
		return time.Duration(n) * time.Second
	}
	if t, ok := parseDate(s); ok && t.After(now) {
		return t.Sub(now)
	}
	return time.Minute
}
