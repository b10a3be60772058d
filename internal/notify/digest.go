package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ibid-archive/ibid"
)

// maxCiting is under how many Documents one Event is listed.
const maxCiting = 10

// digest is what a mail says: Events, grouped by the Documents that cite their sources.
type digest struct {
	Summary string
	Groups  []group
	Base    string
}

// group is one Document and its Events, by time; or what concerns none.
type group struct {
	Title string
	// Link is the page of the Document, if there is one.
	Link  string
	Items []item

	order int
}

type item struct {
	What string // "gone", "moved"
	When string
	Text string
	// Evidence and Kept are whole addresses, or empty.
	Evidence, Kept string
}

// The order of groups: what an operator has to act on comes first.
const (
	orderArchive = iota
	orderDocument
	orderOther
)

// labels are how the kinds are called in mails and in the feed.
var labels = map[ibid.EventKind]string{
	ibid.SourceDied: "gone", ibid.SourceMoved: "moved", ibid.SourceDrifted: "changed", ibid.SourceRescued: "rescued",
	ibid.SourceBack: "back", ibid.JobFailing: "failing", ibid.AuditDamage: "damage", ibid.SpoolFull: "spool full",
	ibid.SpoolDrained: "spool drained", ibid.SourceCaptured: "captured",
}

func label(k ibid.EventKind) string { return cmp.Or(labels[k], string(k)) }

func digestOf(events []ibid.Event, base string) digest {
	groups := map[string]*group{}
	put := func(key string, g group, e ibid.Event) {
		if groups[key] == nil {
			groups[key] = &g
		}
		groups[key].Items = append(groups[key].Items, itemOf(e))
	}
	for _, e := range events {
		for _, doc := range e.Documents[:min(len(e.Documents), maxCiting)] {
			put("document "+doc.ID, group{
				Title: oneLine(cmp.Or(doc.Title, doc.ID), maxTitle), Link: absolute(base, "/documents/"+doc.ID), order: orderDocument,
			}, e)
		}
		switch {
		case len(e.Documents) > 0:
		case e.Seed == "":
			put("archive", group{Title: "The archive itself", order: orderArchive}, e)
		default:
			put("collection "+e.Collection, group{Title: "Other sources of the collection " + e.Collection, order: orderOther}, e)
		}
	}
	d := digest{Summary: summary(events), Base: base}
	for _, g := range groups {
		d.Groups = append(d.Groups, *g)
	}
	slices.SortFunc(d.Groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.Title, b.Title), strings.Compare(a.Link, b.Link))
	})
	return d
}

func itemOf(e ibid.Event) item {
	i := item{
		What: label(e.Kind), When: e.When.UTC().Format("2 Jan 15:04 UTC"), Text: oneLine(e.Text, maxText),
		Evidence: onlyWeb(e.Evidence), Kept: onlyWeb(e.Kept),
	}
	if i.Text == "" {
		i.Text = oneLine(e.Seed, maxText)
	}
	return i
}

// onlyWeb is link if it can be followed from a mail.
func onlyWeb(link string) string {
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
		return oneLine(link, maxText)
	}
	return ""
}

// summary counts events by kind: "2 gone, 1 moved".
func summary(events []ibid.Event) string {
	count := map[ibid.EventKind]int{}
	for _, e := range events {
		count[e.Kind]++
	}
	var parts []string
	for _, k := range ibid.EventKinds() {
		if count[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[k], label(k)))
		}
	}
	return strings.Join(parts, ", ")
}
