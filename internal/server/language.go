package server

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// language is one that the pages speak, as an index into what is said in all of them.
type language int

const (
	english language = iota
	french
	spanish
)

// languages are the tags (BCP 47) and own names.
var languages = [...]struct{ Tag, Name string }{{"en", "English"}, {"fr", "Français"}, {"es", "Español"}}

func (l language) Tag() string { return languages[l].Tag }

// languageCookie keeps what was chosen with ?lang= for the pages after it.
const languageCookie = "lang"

// languageOf is what r asks for: by ?lang=, by what was chosen before, by Accept-Language (RFC 9110, 12.5.4), else English.
func languageOf(r *http.Request) language {
	if l, ok := languageTagged(r.URL.Query().Get("lang")); ok {
		return l
	}
	if c, err := r.Cookie(languageCookie); err == nil {
		if l, ok := languageTagged(c.Value); ok {
			return l
		}
	}
	best, weight := english, 0.0
	for wish := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, rest, _ := strings.Cut(wish, ";")
		l, ok := languageTagged(tag)
		if q := quality(rest); ok && q > weight {
			best, weight = l, q
		}
	}
	return best
}

// quality is the weight of a wish: of "q=0.8", 0.8; without one, 1.
func quality(parameters string) float64 {
	text, ok := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// languageTagged is the language of a tag; a region makes no difference.
func languageTagged(tag string) (language, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	for i := range languages {
		if languages[i].Tag == primary {
			return language(i), true
		}
	}
	return english, false
}

// say is a message in l, with what stands in it. Of one with two forms, "one|more", the first that is a number chooses.
func (l language) say(message string, args ...any) string {
	text := message
	if others, ok := translated(message); ok && l != english {
		text = others[l-1]
	}
	if one, more, ok := strings.Cut(text, "|"); ok {
		text = one
		if n, isNumber := firstNumber(args); isNumber && n != 1 && (n != 0 || l != french) {
			text = more
		}
	}
	if len(args) == 0 || !strings.Contains(text, "%") {
		return text
	}
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if n, ok := a.(int); ok {
			said[i] = l.number(int64(n))
		}
	}
	return fmt.Sprintf(strings.ReplaceAll(text, "%d", "%s"), said...)
}

// translated finds a message in the tables.
func translated(message string) (translation, bool) {
	for _, table := range []map[string]translation{messages, thingMessages, uploadMessages, wordMessages} {
		if found, ok := table[message]; ok {
			return found, true
		}
	}
	return translation{}, false
}

func firstNumber(args []any) (int, bool) {
	for _, a := range args {
		if n, ok := a.(int); ok {
			return n, true
		}
	}
	return 0, false
}

// number parts thousands as l does; in Spanish those of more than four digits.
func (l language) number(n int64) string {
	s := strconv.FormatInt(n, 10)
	gap := [...]string{",", "\u202f", "\u202f"}[l]
	if l == spanish && len(s) < 5 {
		return s
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + gap + s[i:]
	}
	return s
}

// percent is how much of total n is, in whole hundredths; what is neither none nor all is never said to be so.
func (l language) percent(n, total int) string {
	if total == 0 {
		return "–"
	}
	p := int(math.Round(100 * float64(n) / float64(total)))
	if n > 0 {
		p = max(p, 1)
	}
	if n < total {
		p = min(p, 99)
	}
	if l == english {
		return strconv.Itoa(p) + "%"
	}
	return strconv.Itoa(p) + "\u00a0%"
}

// size is a number of bytes.
func (l language) size(n int64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	if l == french {
		units = [...]string{"o", "Kio", "Mio", "Gio", "Tio"}
	}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	text := strconv.FormatFloat(f, 'f', min(i, 1), 64)
	if l != english {
		text = strings.ReplaceAll(text, ".", ",")
	}
	return text + "\u00a0" + units[i]
}

var months = [...][12]string{
	{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
}

func (l language) month(m time.Month) string { return months[l][m-1] }

// day is the date of t in its own zone.
func (l language) day(t time.Time) string {
	name := l.month(t.Month())
	switch {
	case l == french && t.Day() == 1:
		return fmt.Sprintf("1er %s %d", name, t.Year())
	case l == spanish:
		return fmt.Sprintf("%d de %s de %d", t.Day(), name, t.Year())
	}
	return fmt.Sprintf("%d %s %d", t.Day(), name, t.Year())
}

// date is a date in words, with no more precision than it has.
func (l language) date(text string) string {
	switch {
	case len(text) == len("2006-01"):
		if t, err := time.Parse("2006-01", text); err == nil {
			between := " "
			if l == spanish {
				between = " de "
			}
			return l.month(t.Month()) + between + strconv.Itoa(t.Year())
		}
	case len(text) >= len(time.DateOnly):
		if t, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err == nil {
			return l.day(t)
		}
	}
	return text
}

// distance is how far a Memento is from the citation, in words.
func (l language) distance(days int) string {
	far := max(days, -days)
	years := int(math.Round(float64(far) / 365.25))
	switch {
	case days == 0:
		return l.say("on the day of the citation")
	case far < 730 && days < 0:
		return l.say("%d day before the citation|%d days before the citation", far)
	case far < 730:
		return l.say("%d day after the citation|%d days after the citation", far)
	case days < 0:
		return l.say("%d year before the citation|%d years before the citation", years)
	}
	return l.say("%d year after the citation|%d years after the citation", years)
}

// away is how far t is from now, in words.
func (l language) away(t, now time.Time) string {
	d := t.Sub(now)
	far := d.Abs()
	past := func(before, after string, n int) string {
		if d < 0 {
			return l.say(before, n)
		}
		return l.say(after, n)
	}
	switch {
	case far < time.Minute:
		return l.say("now")
	case far < 2*time.Hour:
		return past("%d minute ago|%d minutes ago", "in %d minute|in %d minutes", int(far.Minutes()))
	case far < 48*time.Hour:
		return past("%d hour ago|%d hours ago", "in %d hour|in %d hours", int(far.Hours()))
	case far < 730*24*time.Hour:
		return past("%d day ago|%d days ago", "in %d day|in %d days", int(far.Hours()/24))
	}
	return past("%d year ago|%d years ago", "in %d year|in %d years", int(math.Round(far.Hours()/24/365.25)))
}
