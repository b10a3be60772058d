package linkhealth

import (
	"bufio"
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ibid-archive/ibid"
)

// askedByDefault is the address that is asked for where a situation does not say.
const askedByDefault = "http://ports.example/docs/2009/report.html"

// answer is one section of testdata/situations: lines that begin with ">" say how it was come by, the rest is the answer
// as sent.
type answer struct {
	asked   string
	hops    []string
	shared  int
	missing []string
	page    *Page
}

// situation is an answer with what there is beside it, or nil.
type situation struct{ now, sibling, before *answer }

func situations(t testing.TB) map[string]*situation {
	t.Helper()
	files, err := filepath.Glob("testdata/situations/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no situations", err)
	}
	all := map[string]*situation{}
	at := func(name string) *situation {
		if all[name] == nil {
			all[name] = &situation{}
		}
		return all[name]
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			a := parseAnswer(t, f.Name, f.Data)
			if name, ok := strings.CutSuffix(f.Name, " sibling"); ok {
				at(name).sibling = a
			} else if name, ok := strings.CutSuffix(f.Name, " before"); ok {
				at(name).before = a
			} else if at(f.Name).now != nil {
				t.Fatalf("two situations %q", f.Name)
			} else {
				at(f.Name).now = a
			}
		}
	}
	return all
}

func parseAnswer(t testing.TB, name string, data []byte) *answer {
	t.Helper()
	a := &answer{asked: askedByDefault}
	for bytes.HasPrefix(data, []byte(">")) {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		key, value, _ := strings.Cut(strings.TrimSpace(string(line[1:])), " ")
		switch key {
		case "asked":
			a.asked = value
		case "hop":
			a.hops = append(a.hops, value)
		case "missing":
			a.missing = append(a.missing, value)
		case "shared":
			a.shared, _ = strconv.Atoi(value)
		default:
			t.Fatalf("%s: %q is not known", name, key)
		}
	}
	a.hops = append([]string{a.asked}, a.hops...)
	a.page = parsePage(t, name, data, a.hops[len(a.hops)-1])
	return a
}

func parsePage(t testing.TB, name string, data []byte, uri string) *Page {
	t.Helper()
	head, body, _ := bytes.Cut(data, []byte("\n\n"))
	head = bytes.ReplaceAll(bytes.TrimSpace(head), []byte("\n"), []byte("\r\n"))
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(append(head, "\r\n\r\n"...))), nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text := expand(strings.TrimSpace(string(body)))
	p := &Page{URI: uri, Status: answer.StatusCode, Header: answer.Header, Body: []byte(text), Size: int64(len(text)), Whole: true}
	media, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if media == "" {
		media = "text/html"
	}
	if p.MediaType = ibid.MediaType(media); media == "text/html" && text != "" {
		p.Doc = parsed(t, text)
	}
	return p
}

// expand replaces {{prose en 300}} by so many words of running text.
func expand(s string) string {
	for {
		before, after, found := strings.Cut(s, "{{prose ")
		if !found {
			return s
		}
		what, after, _ := strings.Cut(after, "}}")
		language, number, _ := strings.Cut(what, " ")
		n, _ := strconv.Atoi(number)
		s = before + prose(language, n) + after
	}
}

// vocabulary has the words that prose is made of.
var vocabulary = map[string]string{
	"en": "the harbour of a town keeps its ships and their masters when winter brings storms from the north while merchants count what they have lost " +
		"and write letters to partners who wait in warmer places for news of cargo grain timber wool and salt that nobody has seen since autumn",
	"other": "every migrant crossing that border carries papers which officials read slowly before stamping them under lamps in offices where families " +
		"sleep on benches hoping tomorrow someone will call their names aloud so children may attend school again beside new neighbours",
	"fr": "le port de la ville garde ses navires et leurs maîtres quand l hiver apporte des tempêtes du nord tandis que les marchands comptent ce qu ils " +
		"ont perdu puis écrivent aux associés qui attendent ailleurs des nouvelles du bois de la laine et du sel que personne n a revus",
}

// prose makes n words in an order that does not repeat itself.
func prose(language string, n int) string {
	words := strings.Fields(vocabulary[language])
	var b strings.Builder
	state := uint32(2463534242)
	for i := range n {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		b.WriteString(words[state%uint32(len(words))])
		if i%12 == 11 {
			b.WriteByte('.')
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// look is what the pipeline would know.
func (s *situation) look() Look {
	a := s.now
	signs := Read(a.page)
	final := a.hops[len(a.hops)-1]
	l := Look{
		Visit: &ibid.Visit{
			Seed: a.asked, Hops: a.hops, Verdict: ibid.Archived,
			Final: &ibid.Capture{URI: final, Status: a.page.Status, MediaType: a.page.MediaType},
		},
		Signs: signs, Shared: a.shared, Missing: a.missing,
	}
	if s.before != nil {
		if d, ok := Compare(Read(s.before.page), signs); ok {
			l.Drift = &d
		}
	}
	return l
}

func (s *situation) asked(l Look) Look {
	if a := s.sibling; a != nil {
		l.Sibling = &Sibling{URI: a.hops[len(a.hops)-1], Status: a.page.Status, Signs: Read(a.page)}
	}
	return l
}

// rules are the names of the rules that speak for the Health of j, in the order in which they are shown.
func rules(j Judgement) string {
	var names []string
	for _, e := range j.Evidence {
		if e.For == j.Health {
			names = append(names, e.Rule)
		}
	}
	return strings.Join(names, " ")
}

func TestSituations(t *testing.T) {
	all := situations(t)
	for _, c := range verdicts {
		t.Run(c.name, func(t *testing.T) {
			s := all[c.name]
			if s == nil || s.now == nil {
				t.Fatal("there is no such situation")
			}
			delete(all, c.name)
			l := s.look()
			if _, probe := WantsProbe(l, "seed"); probe != c.probe {
				t.Errorf("asks for a sibling: %v", probe)
			}
			j := Judge(s.asked(l))
			if j.Health != c.health || rules(j) != c.rules {
				t.Errorf("%s by %q, not %s by %q; %s", j.Health, rules(j), c.health, c.rules, list(j.Evidence))
			}
			if j.Reason == "" && j.Health != ibid.HealthLive {
				t.Error("no reason")
			}
		})
	}
	for name := range all {
		t.Errorf("no verdict on %q: %s", name, func() string {
			l := all[name].look()
			_, probe := WantsProbe(l, "seed")
			j := Judge(all[name].asked(l))
			return fmt.Sprintf("{%q, ibid.Health%s, %q, %v}, %s || %s", name, strings.ToUpper(string(j.Health[:1]))+string(j.Health[1:]), rules(j), probe, j.Reason, list(j.Evidence))
		}())
	}
}

func list(all []ibid.Evidence) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "\n  %s (for %s): %s", e.Rule, e.For, e.Text)
	}
	return b.String()
}
