package testsite

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestHostileArchivesAnswer asks each of them for what it is bad at, as far as a mebibyte.
func TestHostileArchivesAnswer(t *testing.T) {
	s, c := startHostileWith(t, archiveCases)
	archives := s.Archives()
	if len(archives) < 40 {
		t.Errorf("only %d", len(archives))
	}
	for _, a := range archives {
		addresses := []string{a.TimeMap + HostileArchiveSource}
		if a.CDX != "" {
			addresses = []string{a.CDX + "?url=" + url.QueryEscape(HostileArchiveSource), a.TimeGate + "20090528031205id_/" + HostileArchiveSource}
		}
		if a.Note == "" || !strings.HasPrefix(a.TimeMap, "http://"+a.ID+hostileDomain+"/") {
			t.Errorf("%+v", a)
		}
		for _, address := range addresses {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if strings.Contains(a.ID, "hangs") || strings.Contains(a.ID, "trickle") {
				cancel() // that it does not end is what it is there for
			}
			resp, _, err := ask(ctx, c, address, 1<<20)
			cancel()
			if resp == nil && err == nil {
				t.Errorf("%s: nothing", address)
			}
			if resp != nil && strings.HasPrefix(a.ID, "memento-") && strings.Contains(address, "/cdx/") && resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", address, resp.Status)
			}
		}
		if strings.Contains(a.ID, "hangs") || strings.Contains(a.ID, "trickle") {
			continue
		}
		if n := s.Requests(a.ID, "/cdx/search/cdx"); (a.CDX != "") != (n == 1) {
			t.Errorf("%s: %d requests of the index", a.ID, n)
		}
	}
	if s.Canary() != 0 {
		t.Error("the canary was reached")
	}
}

// TestMillionEntriesAreInOrder reads the first of a million entries; they are made as they are sent.
func TestMillionEntriesAreInOrder(t *testing.T) {
	s, c := startHostileWith(t, archiveCases)
	for _, a := range s.Archives() {
		if a.ID != "timemap-million" {
			continue
		}
		_, body, err := ask(t.Context(), c, a.TimeMap+HostileArchiveSource, 8<<20)
		if err != nil || len(body) != 8<<20 {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		last := -1
		for _, timestamp := range []string{"/20000101000000/", "/20000101010000/", "/20010101000000/", "/20050101000000/"} {
			at := strings.Index(string(body), timestamp)
			if at <= last {
				t.Errorf("%s is at %d", timestamp, at)
			}
			last = at
		}
	}
}
