package access_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/access"
)

// TestAThousandTriesWait tries tokens of somebody else's, and others of nobody's: each wait is longer than the last, up to a bound, and whoever
// has a token that counts waits for nobody.
func TestAThousandTriesWait(t *testing.T) {
	for _, known := range []bool{true, false} {
		t.Run(fmt.Sprintf("of a token that there is: %t", known), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { aThousandTries(t, known) })
		})
	}
}

func aThousandTries(t *testing.T, known bool) {
	k := &keeper{tokens: map[string]ibid.Token{}}
	g := access.New(access.Options{Rules: k, Tokens: k})
	good := made(t, k, ibid.Token{Name: "good", Scope: ibid.ScopeAdmin})
	other := made(t, k, ibid.Token{Name: "other", Scope: ibid.ScopeRead})
	attacker, neighbour := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	id := good[:len("ibid_0123456789ab_")]
	last, waits := time.Duration(0), 0
	for n := range 1000 {
		text := id + fmt.Sprintf("%043d", n)
		if !known {
			text = fmt.Sprintf("ibid_%012x_", n) + strings.Repeat("A", 43)
		}
		_, err := g.AskFrom(t.Context(), text, attacker)
		if ibid.KindOf(err) != ibid.KindCredential || err == nil {
			t.Fatalf("try %d: %v", n, err)
		}
		var later *access.TooMany
		switch {
		case !errors.As(err, &later):
			if n > 10 {
				t.Fatalf("try %d does not wait", n)
			}
			continue
		case later.RetryAfter() < last:
			t.Fatalf("try %d waits %s after %s", n, later.RetryAfter(), last)
		}
		// One more that does not wait makes it no longer.
		if _, err := g.AskFrom(t.Context(), text, netip.MustParseAddr("2001:db8::2")); !errors.As(err, new(*access.TooMany)) {
			t.Fatalf("the next address of the same network: %v", err)
		}
		last, waits = later.RetryAfter(), waits+1
		time.Sleep(last) //nolint:forbidigo // virtual time
	}
	if last != 15*time.Minute || waits < 900 {
		t.Errorf("the last of %d waits is %s", waits, last)
	}
	for name, err := range map[string]error{
		"the same person from elsewhere":   ask(t, g, good, neighbour),
		"another person at the same place": ask(t, g, other, attacker),
		"nobody in particular":             ask(t, g, "", attacker),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ask(t *testing.T, g *access.Gate, text string, from netip.Addr) error {
	_, err := g.AskFrom(t.Context(), text, from)
	return err
}
