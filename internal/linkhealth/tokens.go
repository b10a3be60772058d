package linkhealth

import (
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
)

// place is where a token is looked for.
type place int

const (
	// inTitle: title or first heading. Folded, from the beginning of a word.
	inTitle place = iota
	// inText: the first heading and the beginning of the text. Folded, from the beginning of a word.
	inText
	// inSource: the addresses of scripts, frames, forms and refreshes, and the page's own. Lower case.
	inSource
	// inScript: the beginnings of scripts. As it stands.
	inScript
)

// token is a word by which the pages of one kind can be told.
type token struct {
	rule   string
	health ibid.Health
	// who shows pages like that.
	who   string
	place place
	text  string
	// also is looked for in title, heading and text, if it is not empty.
	also   string
	weight int
}

// tokens looks for the words of all tables in a page with little text: on others such words are what it speaks of.
func (r *reading) tokens() {
	if r.signs.Text.Words() > noticeWords {
		return
	}
	for _, table := range [...][]token{firewalls, parking, notices} {
		for i := range table {
			if t := &table[i]; r.has(t) {
				r.mark(t.rule, t.health, t.weight, t.said())
			}
		}
	}
}

func (r *reading) has(t *token) bool {
	found := false
	switch t.place {
	case inTitle:
		found = hasPhrase(r.title, t.text) || hasPhrase(r.heading, t.text)
	case inText:
		found = hasPhrase(r.lead, t.text) || hasPhrase(r.heading, t.text)
	case inSource:
		found = strings.Contains(r.sources, t.text)
	case inScript:
		found = strings.Contains(r.inline, t.text)
	}
	return found && (t.also == "" || hasPhrase(r.title, t.also) || hasPhrase(r.heading, t.also) || hasPhrase(r.lead, t.also))
}

// said is the line for people.
func (t *token) said() string {
	where := [...]string{"the title says", "the text says", "the page is made with", "a script says"}[t.place]
	return fmt.Sprintf("%s: %s %q", t.who, where, t.text)
}
