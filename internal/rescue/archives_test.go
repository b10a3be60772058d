package rescue_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/netguard"
	"github.com/ibid-archive/ibid/internal/rescue"
	"github.com/ibid-archive/ibid/internal/testsite"
)

// unhurried is a budget for archives that nobody else asks.
type unhurried struct{}

func (unhurried) Take(context.Context, string, string, time.Duration) error { return nil }
func (unhurried) Rest(context.Context, string, time.Time, string) error     { return nil }
func (unhurried) Resting(context.Context, string) (t time.Time, why string, err error) {
	return t, "", nil
}

func archiveOf(a testsite.Archive) rescue.Archive {
	return rescue.Archive{
		ID: ibid.Origin(a.ID), Name: a.Name, CDX: a.CDX, TimeMap: a.TimeMap, TimeGate: a.TimeGate, Raw: strings.TrimPrefix(a.Raw, "none"), IndexRate: 6000,
	}
}

// Whatever a hostile archive answers is over soon, has one line for each thing that was tried, and is not trusted.
func TestHostileArchives(t *testing.T) {
	s, err := testsite.HostileArchives()
	if err != nil {
		t.Fatal(err)
	}
	guard, err := netguard.New(netguard.Options{ConnectTo: s.ConnectTo(), Allow: s.Allow()})
	if err != nil {
		t.Fatal(err)
	}
	tr := rescue.NewTransport(guard.DialContext)
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	// These give something that can be used, if not much of it.
	usable := map[string]bool{"memento-10gb": true, "memento-injects": true}
	for _, a := range s.Archives() {
		t.Run(a.ID, func(t *testing.T) {
			r, err := rescue.New(rescue.Options{
				Archives: []rescue.Archive{archiveOf(a.Archive)}, Transport: tr, Budget: unhurried{}, SpoolDir: t.TempDir(),
				MaxEntries: 5000, MaxList: 8 << 20, MaxBody: 1 << 20, ListTime: 2 * time.Second, BodyTime: 2 * time.Second, Idle: time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			f, err := r.Find(t.Context(), rescue.Wanted{URI: testsite.HostileArchiveSource, At: time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			if f.Exchange != nil && !usable[a.ID] {
				t.Errorf("%s: took %+v", a.Note, f.Exchange.Provenance)
			}
			for _, line := range f.Tried {
				if line.Result == "" || strings.Contains(line.Result, "\n") || len(line.Result) > 1000 {
					t.Errorf("%s: %s -> %q", a.Note, line.What, line.Result)
				}
			}
			if len(f.Tried) == 0 || f.Exchange != nil && f.Exchange.PayloadLen > 1<<20 {
				t.Errorf("%s: %d lines", a.Note, len(f.Tried))
			}
		})
	}
}

// What the archives of the demo hold comes back byte for byte.
func TestTheArchivesOfTheDemo(t *testing.T) {
	w, err := testsite.Demo()
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Start()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := s.Transport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var archives []rescue.Archive
	for _, a := range w.Archives() {
		archives = append(archives, archiveOf(a))
	}
	r, err := rescue.New(rescue.Options{Archives: archives, Transport: tr, Budget: unhurried{}, SpoolDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{
		"http://gfmd2008.org/":                     "20081029043011",
		"http://www.gfmd-fmmd.org/en/send/send/46": "20080214010203",
		"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866;jsessionid=0A": "20090528031205",
	} {
		f, err := r.Find(t.Context(), rescue.Wanted{URI: uri, At: time.Date(2009, 6, 4, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		x := f.Exchange
		if x == nil || ibid.Timestamp14(x.Began) != want {
			t.Errorf("%s: %+v", uri, f.Tried)
			f.Close()
			continue
		}
		all, err := io.ReadAll(x.Response.Reader())
		if err != nil {
			t.Fatal(err)
		}
		held, err := w.Bytes(string(x.Provenance.Archive), x.URI, want)
		if err != nil || string(all[x.HeadLen:]) != string(held) {
			t.Errorf("%s: %d bytes, %d held: %v", uri, len(all)-int(x.HeadLen), len(held), err)
		}
		f.Close()
	}
}
