package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive"
)

// ways are those in which a source can be asked for, in the order of the columns below.
var ways = []string{"replay", "raw", "TimeGate", "TimeMap", "search", "CDX", "export", "API", "fixity"}

// TestAccessMatrixOfAllWays is the table of (what a rule says of an address x the way in which it is asked for): 45 cells. It asks
// the handlers and commands of the program.
func TestAccessMatrixOfAllWays(t *testing.T) {
	s := startAPI(t, "")
	const open, told, withheld, hidden, whole = "open", "told of", "withheld", "hidden", "whole"
	table := map[ibid.AccessVerb][]string{
		//                    replay   raw       TimeGate TimeMap search  CDX     export    API       fixity
		ibid.AccessOpen:    {open, open, told, told, open, told, open, open, whole},
		ibid.AccessBlock:   {withheld, withheld, told, told, hidden, told, withheld, withheld, whole},
		ibid.AccessExclude: {hidden, hidden, hidden, hidden, hidden, hidden, hidden, hidden, whole},
		ibid.AccessEmbargo: {hidden, hidden, hidden, hidden, hidden, hidden, hidden, hidden, whole},
		ibid.AccessHold:    {open, open, told, told, open, told, open, open, whole},
	}
	for verb, want := range table {
		r := ibid.AccessRule{Verb: verb, Address: s.site + "/one"}
		if verb == ibid.AccessEmbargo {
			r.Until = time.Now().Add(time.Hour)
		}
		s.rule(r)
		for i, way := range ways {
			for _, as := range []string{"", "reader"} {
				t.Run(fmt.Sprintf("%s/%s/%s", verb, way, as), func(t *testing.T) {
					if got := s.way(t, way, as); got != want[i] {
						t.Errorf("%s, want %s", got, want[i])
					}
				})
			}
		}
		if r.Verb, r.Until = ibid.AccessClear, (time.Time{}); verb == ibid.AccessHold {
			r.Verb = ibid.AccessRelease
		}
		s.rule(r)
	}
}

// TestNothingOfAPrivateCollectionIsToldToTheUnnamed asks for it in every way that names no token.
func TestNothingOfAPrivateCollectionIsToldToTheUnnamed(t *testing.T) {
	s := startAPI(t, "")
	secret := s.site + "/hidden-source"
	w := s.call("POST", "/api/v1/collections/desk/documents?name=zyzzyva.md", "admin", "# Zyzzyva\n\nSee "+secret+" for the weevil.\n")
	var job map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &job); err != nil || w.Code != http.StatusAccepted {
		t.Fatal(w.Code, w.Body)
	}
	s.await(job["id"].(string))
	if err := s.h.catalog.Tell(t.Context(), []ibid.Event{
		{ID: "e", Kind: ibid.SourceDied, When: time.Now(), Collection: "desk", Seed: secret, Text: "the weevil is gone"},
		{ID: "f", Kind: ibid.SpoolFull, When: time.Now(), Text: "the weevil fills the disk"},
	}); err != nil {
		t.Fatal(err)
	}
	all := url.QueryEscape(s.site + "/*")
	for _, path := range []string{
		"/", "/documents", "/collections", "/collections/desk", "/schedules", "/trust", "/search?q=weevil", "/search?q=zyzzyva", "/search?q=page", "/web/*/" + secret,
		"/feed.atom", "/feed.atom?collection=desk", "/cdx?url=" + all, "/cdx?collection=desk&url=" + all, "/timemap/link/" + secret, "/timemap/json/" + secret,
		"/timegate/" + secret, "/web/2026/" + secret, "/api/v1/collections", "/api/v1/collections/desk/documents", "/api/v1/collections/desk/events",
		"/documents/" + job["document"].(string), "/documents/" + job["document"].(string) + "/report.csv?collection=desk",
		"/?list=needs&format=csv", "/?list=recent&format=json", "/documents?format=json", "/collections?format=csv", "/collections/desk?format=json", "/schedules?format=csv", "/search?q=weevil&format=json",
		"/documents/" + job["document"].(string) + "/robust", "/documents/" + job["document"].(string) + "/citations.apa.txt", "/export/desk.wacz", "/upload",
	} {
		for _, as := range []string{"", "writer of notes"} {
			w := s.call("GET", path, as, "", "Accept", "text/html")
			text := w.Body.String() + w.Header().Get("Location")
			for _, asked := range []string{path, url.QueryEscape(path), secret} { // what was asked for may be said again
				text = strings.ReplaceAll(text, asked, "")
			}
			for _, word := range []string{"weevil", "yzzyva", "hidden-source", ">desk<", `"desk"`} {
				if strings.Contains(text, word) && !strings.Contains(path, word) {
					t.Errorf("%s as %q tells %q:\n%s", path, as, word, text)
				}
			}
		}
	}
	for path, word := range map[string]string{"/documents": "yzzyva", "/search?q=weevil": "hidden-source", "/feed.atom": "the weevil is gone", "/cdx?url=" + all: "hidden-source"} {
		if w := s.call("GET", path, "reader", "", "Accept", "text/html"); !strings.Contains(strings.ToLower(w.Body.String()), word) {
			t.Errorf("%s does not tell %q to a reader: %s", path, word, w.Body)
		}
	}
}

// way says what somebody gets of the source in one of the ways: its bytes or its title ("open"), that it is there ("told of"), that
// it is not given out ("withheld"), or nothing.
func (s *apiServer) way(t *testing.T, way, as string) string {
	one := s.site + "/one"
	seen := func(w http.ResponseWriter, status int, body, words, yes string) string {
		switch {
		case status == http.StatusUnavailableForLegalReasons:
			return "withheld"
		case status < 400 && strings.Contains(body+w.Header().Get("Location"), words):
			return yes
		case status < 400 || status == http.StatusNotFound:
			return "hidden"
		}
		return fmt.Sprint(status, " ", body)
	}
	get := func(h http.Handler, path, words, yes string) string {
		w := s.callOf(h, "GET", path, as, "")
		return seen(w, w.Code, w.Body.String(), words, yes)
	}
	captures, err := s.h.catalog.Mementos(t.Context(), "notes", one)
	if err != nil {
		t.Fatal(err)
	}
	stamp := ibid.Timestamp14(captures[0].Timestamp)
	switch way {
	case "replay":
		frame := get(s.handler, "/web/"+stamp+"/"+one, "/web/"+stamp, "open")
		if bytes := get(s.archived, "/web/"+stamp+"/"+one, "A page", "open"); bytes != frame {
			return "frame: " + frame + ", page: " + bytes
		}
		return frame
	case "raw":
		return get(s.archived, "/web/"+stamp+"id_/"+one, "<title>A page", "open")
	case "TimeGate":
		return get(s.handler, "/timegate/"+one, "/web/2", "told of") // that of the other collection may be younger
	case "TimeMap":
		return get(s.handler, "/timemap/link/"+one, "/web/"+stamp, "told of")
	case "search":
		w := s.call("GET", "/search?q=page", as, "", "Accept", "text/html")
		return seen(w, w.Code, w.Body.String(), "A page", "open")
	case "CDX":
		return get(s.handler, "/cdx?url="+url.QueryEscape(one), stamp, "told of")
	case "API":
		got := get(s.handler, "/api/v1/collections/notes/captures?url="+url.QueryEscape(one), stamp, "open")
		if got == "open" && get(s.handler, "/api/v1/collections/notes/captures?url="+url.QueryEscape(one), `"access":"block"`, "") == "" {
			return "withheld"
		}
		return got
	case "export":
		return s.exported(t, one)
	}
	return s.fixity(t)
}

// exported says what "ibid export" makes of an address, and of the document that cites it.
func (s *apiServer) exported(t *testing.T, uri string) string {
	s.p.flags.Collection = "notes"
	file := filepath.Join(t.TempDir(), "a.warc.gz")
	switch err := (&exportCmd{What: uri, Output: file}).Run(t.Context(), s.p); {
	case err == nil:
	case ibid.KindOf(err) == ibid.KindWithheld:
		uri = "withheld"
	case ibid.KindOf(err) == ibid.KindNotFound:
		uri = "hidden"
	default:
		return err.Error()
	}
	if err := (&exportCmd{What: s.document, Output: file}).Run(t.Context(), s.p); err != nil {
		return err.Error()
	}
	index, err := os.ReadFile(strings.TrimSuffix(file, ".warc.gz") + ".cdxj")
	if err != nil {
		return err.Error()
	}
	if has := strings.Contains(string(index), s.site+"/one"); has != (uri == s.site+"/one") {
		return fmt.Sprintf("by itself %s, with its document %t", uri, has)
	}
	if uri == s.site+"/one" {
		return "open"
	}
	return uri
}

// fixity says whether every byte is verified, whatever rules say of reading.
func (s *apiServer) fixity(t *testing.T) string {
	audit, err := s.h.archive.Verify(t.Context(), archive.VerifyOptions{}, func(f archive.Finding) { t.Error(f) })
	if err != nil || len(audit.Findings) > 0 {
		return fmt.Sprint(audit.Findings, err)
	}
	p := *s.p
	p.stdout = io.Discard
	if missing, err := p.verifyCatalogue(t.Context(), s.h); err != nil || missing > 0 {
		return fmt.Sprint(missing, " are missing: ", err)
	}
	return "whole"
}
