package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// TestAccessMatrix is the table of (what a rule says x the way in which it is asked for) for the ways of the API: a rule for an
// address, for a document, for a collection.
func TestAccessMatrix(t *testing.T) {
	s := startAPI(t, "")
	if err := s.h.catalog.Tell(t.Context(), []ibid.Event{{
		ID: "e", Kind: ibid.SourceDied, When: time.Now(), Collection: "notes", Seed: s.site + "/one", Text: "one is gone", Documents: []ibid.Citing{{ID: s.document}},
	}}); err != nil {
		t.Fatal(err)
	}
	in, one := "/api/v1/collections/notes", s.site+"/one"
	job := s.finished("notes")
	const held, withheld, hidden = "held", "withheld", "hidden"
	// ask says what of a path as sees: its answer is looked at when there is one.
	ask := func(path, as string, look func(text string) string) string {
		switch w := s.call("GET", path, as, ""); w.Code {
		case http.StatusOK:
			return look(w.Body.String())
		case http.StatusUnavailableForLegalReasons, http.StatusGone:
			return withheld
		case http.StatusNotFound:
			return hidden
		default:
			return fmt.Sprint(w.Code)
		}
	}
	has := func(words string) func(string) string {
		return func(text string) string {
			if strings.Contains(text, words) {
				return held
			}
			return hidden
		}
	}
	ways := map[string]func(as string) string{
		"captures": func(as string) string {
			return ask(in+"/captures?url="+url.QueryEscape(one), as, func(text string) string {
				if strings.Contains(text, `"access":"block"`) || strings.Contains(text, `"access":"destroyed"`) {
					return withheld
				}
				return has(`"digest":"sha256:`)(text)
			})
		},
		"checks":    func(as string) string { return ask(in+"/checks?url="+url.QueryEscape(one), as, has(`"health":"`)) },
		"schedules": func(as string) string { return ask(in+"/schedules", as, has(one)) },
		"events":    func(as string) string { return ask(in+"/events", as, has(one)) },
		"feed":      func(as string) string { return ask("/feed.atom", as, has("one is gone")) },
		"references": func(as string) string {
			return ask(in+"/documents/"+s.document+"/references", as, func(text string) string {
				first, _, _ := strings.Cut(text, s.site+`/gone"`)
				if strings.Contains(first, `"memento":`) && !strings.Contains(first, `"metadata":`) {
					return withheld
				}
				return has(`"memento":`)(first)
			})
		},
		"save status": func(as string) string { return ask("/save/status/"+job, as, has(`"success"`)) },
		"document":    func(as string) string { return ask(in+"/documents/"+s.document, as, has(s.document)) },
		"documents":   func(as string) string { return ask(in+"/documents", as, has(s.document)) },
		"collection":  func(as string) string { return ask("/api/v1/collections", as, has(`"notes"`)) },
	}
	ofAddress := []string{"captures", "checks", "schedules", "events", "feed", "references", "save status"}
	ofDocument := []string{"document", "documents", "references"}
	all := slices.Collect(maps.Keys(ways))
	// lists show what is blocked: that it is held may be known.
	lists := map[string][]string{
		"address": {"checks", "schedules", "events", "feed"}, "document": {"documents"}, "collection": {"collection", "feed"},
	}
	for target, about := range map[string][]string{"address": ofAddress, "document": ofDocument, "collection": all} {
		for _, verb := range []ibid.AccessVerb{ibid.AccessOpen, ibid.AccessBlock, ibid.AccessExclude, ibid.AccessEmbargo, ibid.AccessHold, ibid.AccessDestroyed} {
			r := ibid.AccessRule{Verb: verb}
			switch target {
			case "address":
				r.Address = one
			case "document":
				r.Document = s.document
			default:
				r.Collection = "notes"
			}
			if verb == ibid.AccessEmbargo {
				r.Until = time.Now().Add(time.Hour)
			}
			s.rule(r)
			for way, look := range ways {
				t.Run(fmt.Sprintf("%s/%s/%s", target, verb, way), func(t *testing.T) {
					want := hidden
					switch {
					case !slices.Contains(about, way) || verb == ibid.AccessOpen || verb == ibid.AccessHold:
						want = held
					case verb == ibid.AccessBlock && slices.Contains(lists[target], way):
						want = held
					case verb == ibid.AccessDestroyed && slices.Contains(lists[target], way):
						want = held
					case verb == ibid.AccessBlock, verb == ibid.AccessDestroyed:
						want = withheld
					}
					if got := look("reader"); got != want {
						t.Errorf("a reader: %s, want %s", got, want)
					}
					if got := look("admin"); got != held {
						t.Errorf("an admin: %s", got)
					}
				})
			}
			r.Verb, r.Until = ibid.AccessClear, time.Time{}
			if verb == ibid.AccessHold {
				r.Verb = ibid.AccessRelease
			}
			s.rule(r)
		}
	}
}
