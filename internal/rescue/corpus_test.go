package rescue

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
)

var corpus = flag.String("corpus", "", "folder with recorded answers of the Internet Archive, for TestRecorded...")

// recorded is one answer, as vcrpy and its like keep it.
type recorded struct {
	URI     string              `json:"uri"`
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers"`
	Text    string              `json:"body_text"`
	First   string              `json:"body_text_first_4000"`
}

// whole says whether the body was recorded to its end.
func (x *recorded) whole() bool { return x.First == "" }

func readRecorded(t *testing.T, name string) []recorded {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// replay answers as recorded, in the coding that the archive chose.
func replay(all []recorded) trip {
	return func(req *http.Request) *http.Response {
		for _, x := range all {
			if x.URI != req.URL.String() {
				continue
			}
			resp := reply(x.Status, x.Text+x.First)
			for name, values := range x.Headers {
				for _, v := range values {
					resp.Header.Add(name, v)
				}
			}
			if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				_, _ = z.Write([]byte(x.Text + x.First))
				_ = z.Close()
				coded := stream(x.Status, &b)
				coded.Header = resp.Header
				return coded
			}
			return resp
		}
		return nil
	}
}

// recordedMementos says what the recorded fetches come to. A status of 0: none, because of what is said.
var recordedMementos = map[string]struct {
	status, hops int
	at, uri      string
	said         string
}{
	"test_get_memento": {200, 0, "20171124151315", "https://www.fws.gov/birds/", ""},
	"test_get_memento_follow_redirects_does_not_follow_historical_redirects": {said: "does not have it after all"}, // the rest was not recorded
	"test_get_memento_follows_historical_redirects":                          {200, 1, "20200201024405", "https://www.epa.gov/sites/production/files/signpost/cc.html", ""},
	"test_get_memento_raises_blocked_error":                                  {said: "keeps it from us"},
	"test_get_memento_raises_for_mementos_that_redirect_in_a_loop":           {said: "redirects in a circle"},
	"test_get_memento_raises_no_memento_error":                               {said: "does not have it after all"},
	"test_get_memento_raises_when_memento_is_outside_target_window":          {said: "does not have it after all"},
	"test_get_memento_returns_memento_with_accurate_url":                     {200, 0, "20171124143728", "https://www.fws.gov/", ""},
	"test_get_memento_should_fail_for_non_playbackable_mementos":             {said: "does not have it after all"},
	"test_get_memento_target_window":                                         {200, 0, "20171124151315", "https://www.fws.gov/birds/", ""},
	"test_get_memento_with_date_datetime":                                    {200, 0, "20171124151315", "https://www.fws.gov/birds/", ""},
	"test_get_memento_with_inexact_string_datetime":                          {200, 0, "20171124151315", "https://www.fws.gov/birds/", ""},
	"test_get_memento_with_mode":                                             {200, 0, "20171124151315", "https://www.fws.gov/birds/", ""},
	"test_get_memento_with_path_based_redirects":                             {404, 1, "20201027220743", "https://www.whitehouse.gov/ostp/about/student/faqs", ""},
	"test_get_memento_with_redirect_in_view_mode":                            {said: "sends a page of its own (status 200, no Memento-Datetime)"},
	"test_get_memento_with_redirects":                                        {200, 1, "20180808104500", "https://www.epa.gov/ghgreporting/proposed-rule-fact-sheet-greenhouse-gas-reporting-program-addition-global-warming", ""},
	"test_get_memento_with_schemeless_redirects":                             {404, 1, "20201102233026", "https://www.census.gov/geo/gssi/", ""},
	"test_get_memento_works_on_archived_rate_limit_responses":                {429, 0, "20150129034904", "http://www.reddit.com/r/PokemonGiveaway", ""},
}

func TestRecordedMementos(t *testing.T) {
	if *corpus == "" {
		t.Skip("needs -corpus DIR: the recorded answers are not part of the repository")
	}
	for name, want := range recordedMementos {
		t.Run(name, func(t *testing.T) {
			all := readRecorded(t, filepath.Join(*corpus, name+".json"))
			b := newBudget()
			r := newTest(t, replay(all), func(o *Options) {
				o.Budget, o.Archives = b, []Archive{{ID: "ia", TimeGate: "https://web.archive.org/web/", Raw: "id_", IndexRate: 60_000}}
			})
			start := all[0].URI
			raw, ts, original := r.o.Archives[0].raw(start)
			for _, x := range all {
				if x.URI == raw {
					start = raw
				}
			}
			at, _ := parseTimestamp(ts)
			uri, _ := clean(original)
			f, err := r.memento(t.Context(), candidate{archive: &r.o.Archives[0], at: at, uri: uri, uriM: start})
			var tr *trouble
			if errors.As(err, &tr) {
				if want.status != 0 || !strings.Contains(tr.text, want.said) {
					t.Error(tr.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer f.close()
			a := f.answer
			if a.Status != want.status || len(f.hops) != want.hops || ibid.Timestamp14(a.Captured) != want.at || !strings.HasPrefix(a.URI, want.uri) {
				t.Errorf("%d %s %s, %d hops", a.Status, ibid.Timestamp14(a.Captured), a.URI, len(f.hops))
			}
			if len(b.rest) > 0 {
				t.Errorf("an archived answer made the archive rest: %v", b.why)
			}
			checkRecorded(t, r, f, all)
		})
	}
}

// checkRecorded looks at the records that would be written.
func checkRecorded(t *testing.T, r *Rescuer, f *fetched, all []recorded) {
	t.Helper()
	hops, x, err := r.exchanges(f, ibid.Provenance{Target: testTarget}, f.uri, "", ibid.RoleSource)
	if err != nil || len(hops) != len(f.hops) {
		t.Fatalf("%d hops, %v", len(hops), err)
	}
	last := all[len(all)-1]
	if x.HeadLen == 0 || x.Header.Get("Server") == "nginx" || x.Header.Get("Transfer-Encoding") != "" || x.Header.Get("X-App-Server") != "" {
		t.Errorf("%v", x.Header)
	}
	if body := bodyOf(t, x); body != last.Text+last.First {
		t.Errorf("%d bytes, not those recorded", len(body))
	}
	for _, h := range hops {
		bodyOf(t, h)
		if to := h.Header.Get("Location"); to == "" || strings.Contains(to, "archive.org") {
			t.Errorf("the hop at %s leads to %q", h.URI, to)
		}
	}
}

func TestRecordedSearches(t *testing.T) {
	if *corpus == "" {
		t.Skip("needs -corpus DIR: the recorded answers are not part of the repository")
	}
	names, err := filepath.Glob(filepath.Join(*corpus, "test_search*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	total := 0
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			all := readRecorded(t, name)
			for i, x := range all {
				u, err := url.Parse(x.URI)
				if err != nil {
					t.Fatal(err)
				}
				if tr := refusal(x.Status, x.Headers, testNow); tr != nil {
					if x.Status != 403 || !tr.excluded || !strings.Contains(tr.text, "excluded by the archive") {
						t.Errorf("%d: %+v", x.Status, tr)
					}
					continue
				}
				from, _ := parseTimestamp(u.Query().Get("from"))
				to, ok := parseTimestamp(u.Query().Get("to"))
				rows := 0
				end, err := readCDX(strings.NewReader(x.Text+x.First), func(c row) error {
					rows++
					if c.at.Before(from) || ok && c.at.After(to) || c.status == 0 && !c.revisit && c.mediaType != "" && c.digest == "" {
						t.Errorf("%+v is not of %s", c, x.URI)
					}
					return nil
				})
				total += rows
				lines := strings.Count(strings.TrimSpace(x.Text+x.First), "\n") + 1
				if end.resume != "" {
					lines -= 2
				}
				if x.Text+x.First == "" {
					lines = 0
				}
				if err != nil || x.whole() && rows+end.bad != lines || end.bad > 0 && x.whole() {
					t.Errorf("%d rows and %d bad of %d lines: %v", rows, end.bad, lines, err)
				}
				if i+1 < len(all) && end.resume != "" {
					next, _ := url.Parse(all[i+1].URI)
					// The recorded client encodes the key as it stands; so does ours.
					if got := next.Query().Get("resumeKey"); got != "" && got != end.resume {
						t.Errorf("the key is %q, the next request asks for %q", end.resume, got)
					}
				}
			}
		})
	}
	t.Logf("%d rows", total)
}

func TestRecordedFiles(t *testing.T) {
	if *corpus == "" {
		t.Skip("needs -corpus DIR: the recorded answers are not part of the repository")
	}
	for name, want := range map[string][2]int{"bad_timestamp_cdx.txt": {3, 2}, "zero_length_cdx.txt": {5, 0}, "malformed_cdx.txt": {3, 2}, "fws-gov-birds.txt": {0, 0}} {
		raw, err := os.ReadFile(filepath.Join(*corpus, "test_files", name))
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		end, err := readCDX(bytes.NewReader(raw), func(row) error { rows++; return nil })
		if rows != want[0] || end.bad != want[1] || (name == "fws-gov-birds.txt") != errors.Is(err, errNotAList) {
			t.Errorf("%s: %d rows, %d bad, %v", name, rows, end.bad, err)
		}
	}
}
