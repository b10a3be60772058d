package rescue

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Qualities from which a Memento is trusted at all, and from which no other is looked for.
const (
	trusted    = 0.5
	goodEnough = 0.8
)

// farOff is how far from the date in its list a capture may be without being another one.
const farOff = 30 * 24 * time.Hour

// score is how much an answer is taken for the source, from 0 to 1, and why.
type score struct {
	quality float64
	reasons []string
	// refused: one of the reasons rules it out.
	refused bool
}

func (s *score) refuse(format string, args ...any) {
	s.refused, s.quality = true, 0
	s.reasons = append(s.reasons, fmt.Sprintf(format, args...))
}

func (s *score) less(by float64, format string, args ...any) {
	if !s.refused {
		s.quality = max(0, s.quality-by)
	}
	s.reasons = append(s.reasons, fmt.Sprintf(format, args...))
}

func (s *score) note(text string) { s.reasons = append(s.reasons, text) }

// judge looks at what was fetched for w.
func judge(w *Wanted, h *hypothesis, f *fetched, j Judgement) *score {
	s := &score{quality: 1}
	a := f.answer
	s.status(a)
	s.kind(w, a)
	for _, d := range w.Dead {
		if d != "" && d == a.spool.digest() {
			s.refuse("the same bytes as what the live web has in its place")
		}
	}
	for _, bad := range j.Bad {
		s.refuse("%s", oneLine(bad))
	}
	s.address(w, h, f)
	s.words(w, h, a, j)
	if a.Header == nil {
		s.less(0.1, "the archive does not tell the original head")
	}
	if a.Truncated {
		s.less(0.35, "only the first %d bytes are taken", a.Size)
	}
	if d := a.Captured.Sub(f.at).Abs(); d > farOff {
		s.less(0.25, "captured %d days from what was asked for", days(time.Time{}, time.Time{}.Add(d)))
	}
	if f.digest != "" && f.digest == a.spool.cdxDigest() {
		s.note("the bytes have the digest of the archive's index")
	}
	s.reasons = append(s.reasons, f.steps...)
	if len(s.reasons) == 0 {
		s.note("nothing speaks against it")
	}
	return s
}

func (s *score) status(a *Answer) {
	switch {
	case blockMark(a) != "":
		s.refuse("a block page: %s", blockMark(a))
	case a.Status == 401 || a.Status == 403 || a.Status == 429 || a.Status == 451:
		s.refuse("the archive captured a block: status %d", a.Status)
	case a.Status < 200 || a.Status > 299:
		s.refuse("the archive captured status %d", a.Status)
	case a.Size == 0:
		s.refuse("it is empty")
	}
}

// blockMark finds the marks of firewalls in the original head.
func blockMark(a *Answer) string {
	for name, marks := range map[string][]string{
		"X-Amzn-Waf-Action": {"challenge", "captcha"}, "Cf-Mitigated": {"challenge"}, "Set-Cookie": {"rwc_block"},
	} {
		v := strings.ToLower(strings.Join(a.Header.Values(name), " "))
		for _, mark := range marks {
			if strings.Contains(v, mark) {
				return name + ": " + mark
			}
		}
	}
	return ""
}

// kind compares the type with the one that is wanted, and with what the bytes begin with.
func (s *score) kind(w *Wanted, a *Answer) {
	want := w.mediaType()
	switch {
	case want != "" && !isPage(want) && isPage(a.MediaType):
		s.refuse("a page in the place of %s", want)
	case want == "application/pdf" && !strings.Contains(a.peek(1024), "%PDF") && a.coding() == "":
		s.refuse("it is no PDF, whatever it says")
	case w.MediaType != "" && isPage(w.MediaType) && a.MediaType != "" && !isPage(a.MediaType) && a.MediaType != "text/plain":
		s.less(0.3, "it is %s, not a page", a.MediaType)
	case isPage(a.MediaType) && a.Size < 256:
		s.less(0.3, "a page of %d bytes only", a.Size)
	}
	if w.Size > 0 && a.Size*20 < w.Size {
		s.less(0.2, "%d bytes, of %d that are known of", a.Size, w.Size)
	}
}

func (a *Answer) peek(n int) string {
	head := make([]byte, n)
	n, _ = a.Body.ReadAt(head, 0)
	return string(head[:n])
}

func (a *Answer) coding() string { return a.Header.Get("Content-Encoding") }

// address compares what was captured with what was asked for.
func (s *score) address(w *Wanted, h *hypothesis, f *fetched) {
	first := f.answer.URI
	if len(f.hops) > 0 {
		first = f.hops[0].URI
		if isRoot(f.answer.URI) && !isRoot(w.URI) {
			s.refuse("it redirected to the front page, %s", oneLine(f.answer.URI))
		}
	}
	if !h.covers(first) {
		s.refuse("the capture is of another address, %s", oneLine(first))
	}
}

func isRoot(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// words compares what the page says, and asks for a proof where the address is a mere hypothesis.
func (s *score) words(w *Wanted, h *hypothesis, a *Answer, j Judgement) {
	page := Sketch{
		URI: a.URI, Title: j.Title, Text: j.Text, Language: j.Language, MediaType: a.MediaType, Size: a.Size,
		Digests: []ibid.Digest{a.spool.digest()},
	}
	if h.Name != "" {
		if h.prefix == "" {
			page.URI = h.URI
		}
		reasons, ok := Prove(w.sketch(), page)
		s.reasons = append(s.reasons, reasons...)
		if !ok {
			s.refuse("not proven")
		}
		return
	}
	if slices.Contains(w.Digests, page.Digests[0]) {
		s.note("the bytes have the digest that is known")
		return
	}
	if a, b := baseLanguage(w.Language), baseLanguage(j.Language); a != "" && b != "" && a != b {
		s.less(0.3, "it is in %s, not %s", b, a)
	}
	var p proof
	p.titles(w.Title, j.Title)
	p.texts(w.Text, j.Text)
	if p.points < 0 {
		s.less(0.25, "%s", sentence(p.reasons...))
	} else {
		s.reasons = append(s.reasons, p.reasons...)
	}
}
