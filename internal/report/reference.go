package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

type reference struct {
	ID, Place, Title string
	// Before, Cited and After are the sentence around the citation.
	Before, Cited, After string
	// Repaired is how the address was read in the end, and why.
	Repaired string
	Accessed day
	// Thing is nil where only works are named.
	Thing *thing
	Works []work
}

type work struct {
	Label, Title, Complete string
	Editions               []edition
}

type edition struct {
	ID, Language string
	thing
}

func referenceOf(ref pipeline.ReferenceReport, id string, o Options) reference {
	r := reference{ID: id, Place: whereabouts(ref.Locator), Title: Plain(ref.Title), Accessed: dateOf(ref.Accessed), Repaired: Plain(ref.Repaired)}
	r.Before, r.Cited, r.After = around(Plain(ref.Context), Plain(cmp.Or(ref.Cited, ref.Address())))
	if ref.Address() != "" {
		t := thingOf(ref.State, ref.Address(), o)
		r.Thing = &t
	}
	for i, w := range ref.Works {
		r.Works = append(r.Works, workOf(w, fmt.Sprintf("%s-%d", id, i+1), o))
	}
	return r
}

// around splits a sentence at what is cited in it; without a sentence only that is left.
func around(sentence, cited string) (before, mark, after string) {
	if cited == "" {
		return sentence, "", ""
	}
	b, a, found := strings.Cut(sentence, cited)
	if !found && sentence != "" {
		return sentence, "", ""
	}
	return b, cited, a
}

// whereabouts says where in its Document a citation stands: "Note 2, page 3".
func whereabouts(l ibid.Locator) string {
	names := map[ibid.LocatorKind]string{
		ibid.Footnote: "Note", ibid.Endnote: "Endnote", ibid.Bibliography: "Entry", ibid.Inline: "In the text", ibid.Link: "Link",
	}
	s := cmp.Or(names[l.Kind], "Reference")
	if l.Label != "" {
		s += " " + Plain(l.Label)
	}
	switch {
	case l.Page > 0:
		s += fmt.Sprintf(", page %d", l.Page)
	case l.Line > 0:
		s += fmt.Sprintf(", line %d", l.Line)
	}
	return s
}

func workOf(w pipeline.WorkReport, id string, o Options) work {
	v := work{Label: Plain(w.Label), Title: Plain(w.Title)}
	had := 0
	for i, e := range w.Editions {
		one := edition{ID: fmt.Sprintf("%s-%d", id, i+1), Language: Language(e.Language), thing: thingOf(e.State, e.URI, o)}
		if e.Listing != "" {
			one.foundOn(e.Listing, e.Reasons)
		}
		if e.State.Successor != nil {
			one.Now = "that page is " + one.Now
		}
		if e.Outcome == ibid.OutcomeLost {
			one.Reason = Missing(e) + "; " + one.Reason
		}
		if e.Outcome == ibid.OutcomeCaptured || e.Outcome == ibid.OutcomeRescued {
			had++
		}
		v.Editions = append(v.Editions, one)
	}
	v.Complete = fmt.Sprintf("%d of %s", had, Count(len(w.Editions), "edition"))
	return v
}

// foundOn says on which listing it was found, and why it is taken for what was looked for.
func (t *thing) foundOn(listing string, reasons []string) {
	a := addressOf(listing)
	t.Found = &a
	var why []string
	for _, r := range reasons {
		if as, same := strings.CutPrefix(r, "found on the listing "+listing); same {
			t.FoundAs = Plain(as)
			continue
		}
		why = append(why, Plain(r))
	}
	t.FoundBy = strings.Join(why, "; ")
}

// stops are the marks of the reference and of the editions that it names.
func (r reference) stops() (all []stop) {
	if r.Thing != nil {
		all = append(all, stop{r.Thing.mark, r.ID, r.Place + ", " + ShortURI(r.Thing.Address, 30)})
	}
	for _, w := range r.Works {
		for _, e := range w.Editions {
			all = append(all, stop{e.mark, e.ID, cmp.Or(w.Label, w.Title) + ", " + e.Language})
		}
	}
	return all
}

func plainAll(in []string) []string {
	out := make([]string, len(in))
	for i := range in {
		out[i] = Plain(in[i])
	}
	return out
}
