package linkhealth

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ibid-archive/ibid"
)

// judged is a Look while it is judged.
type judged struct {
	l     Look
	v     *ibid.Visit
	signs *Signs
	asked *url.URL
	final *url.URL
	// elsewhere says that the way ended at another address; emptied, that nothing of the text is left.
	elsewhere, emptied bool
	statusSays         ibid.Health
	marks              []Mark
}

func (l Look) newCase() *judged {
	v := l.Visit
	c := &judged{l: l, v: v, signs: l.Signs}
	asked, final := l.Asked, v.Final.URI
	if asked == "" {
		asked = v.Seed
	}
	if n := len(v.Hops); n > 0 {
		final = v.Hops[n-1]
		if asked == "" {
			asked = v.Hops[0]
		}
	}
	if asked == "" {
		asked = final
	}
	if c.signs == nil {
		c.signs = &Signs{}
	}
	c.marks = append(c.marks, c.signs.Marks...)
	if r := c.signs.Refresh; r != "" && c.signs.Text.Words() < fewWords {
		final = r // a page that only sends readers on is a hop
		c.mark("refresh", ibid.HealthMoved, weak, "the page sends readers on to "+shorten(r))
	}
	c.asked, c.final = parse(asked), parse(final)
	c.elsewhere = !sameAddress(asked, final) && !(isFront(c.asked) && isFront(c.final) && hostOf(c.asked) == hostOf(c.final))
	c.emptied = l.Drift != nil && l.Drift.Score >= nothingLeft
	return c
}

// nothingLeft is the Drift from which a page is another one altogether.
const nothingLeft = 0.9

func (c *judged) mark(rule string, h ibid.Health, weight int, text string) {
	c.marks = append(c.marks, mark(rule, h, weight, text))
}

// weigh adds what the way, the neighbours and the past say.
func (c *judged) weigh() {
	if c.elsewhere {
		c.redirected()
		c.otherSite()
	}
	c.shared()
	c.itself()
	c.sibling()
	c.drift()
	for _, f := range c.l.Missing {
		c.mark("fragment", ibid.HealthDrifted, weak, fmt.Sprintf("the part #%s that is cited is no longer in the page", tidy(f, maxTag)))
	}
}

// deep says whether what was asked for is something else than the front page of a site.
func (c *judged) deep() bool { return !isFront(c.asked) }

// redirected weighs where the way ended.
func (c *judged) redirected() {
	to := shorten(c.final.String())
	c.mark("redirect", ibid.HealthMoved, weak, "redirected to "+to)
	switch {
	case errorAddress(c.final) && !errorAddress(c.asked):
		c.mark("error-address", ibid.HealthSoft404, strong, "redirected to "+to+", an address for what is not there")
	case loginAddress(c.final) && !loginAddress(c.asked):
		c.mark("sign-in", ibid.HealthBlocked, strong, "redirected to "+to+", where readers sign in")
	case c.deep() && isFront(c.final):
		c.mark("redirect-root", ibid.HealthSoft404, strong, "redirected to the front page "+to)
	case c.deep() && len(segments(c.final)) < len(segments(c.asked)) && c.final.RawQuery == "":
		c.mark("redirect-shorter", ibid.HealthSoft404, weak, "redirected to the shorter address "+to)
	}
	if c.signs.Title != "" && c.deep() && c.titleOfSite() {
		c.mark("site-title", ibid.HealthSoft404, weak, fmt.Sprintf("its title %q is that of the site", c.signs.Title))
	}
}

// titleOfSite says whether the title is no more than the name of the site.
func (c *judged) titleOfSite() bool {
	title := strings.TrimSpace(fold(c.signs.Title))
	name, _, _ := strings.Cut(registrable(hostOf(c.final)), ".")
	return title != "" && (title == strings.TrimSpace(fold(c.signs.SiteName)) || strings.ReplaceAll(title, " ", "") == strings.ReplaceAll(name, "-", ""))
}

// otherSite weighs an end on a domain that somebody else has registered.
func (c *judged) otherSite() {
	from, to := registrable(hostOf(c.asked)), registrable(hostOf(c.final))
	if from == to || from == "" || to == "" {
		return
	}
	c.mark("other-site", ibid.HealthMoved, weak, "on another domain: "+to+", not "+from)
	succeeds := c.l.Drift != nil && c.l.Drift.Score < replaced
	if marketplace(to) {
		c.mark("marketplace", ibid.HealthParked, strong, "redirected to "+to+", where domains are sold")
	}
	if weight := looksLike(from, to); weight > 0 && !succeeds {
		c.mark("look-alike", ibid.HealthParked, weight, "redirected to "+to+", which only looks like "+from)
	}
}

// shared weighs that other addresses ended at the same place.
func (c *judged) shared() {
	if c.l.Shared <= 0 || !c.deep() {
		return
	}
	weight := weak
	if c.l.Shared >= 2 {
		weight = fair
	}
	c.mark("shared", ibid.HealthSoft404, weight, fmt.Sprintf("%d other cited addresses end with the same answer", c.l.Shared))
}

// itself weighs what the page says of itself against what was asked for.
func (c *judged) itself() {
	if can := parse(c.signs.Canonical); can.Host != "" && c.deep() && !samePlace(can, c.asked) {
		switch {
		case isFront(can) && !isFront(c.final):
			c.mark("canonical", ibid.HealthSoft404, fair, "it gives the front page "+shorten(c.signs.Canonical)+" as its own address")
		case !isFront(can) && !samePlace(can, c.final):
			c.mark("canonical", ibid.HealthSoft404, weak, "it gives "+shorten(c.signs.Canonical)+" as its own address")
		}
	}
	if documentAddress(c.asked) && !documentAddress(c.final) && isHTML(c.signs.MediaType) {
		c.mark("media-type", ibid.HealthSoft404, fair, "a page came where a file was asked for")
	}
}

func (c *judged) drift() {
	if c.emptied && c.elsewhere && c.deep() {
		c.mark("text-lost", ibid.HealthSoft404, fair, fmt.Sprintf("%.0f %% of the text that was cited is not there", 100*c.l.Drift.Score))
	}
	if d := c.l.Drift; d != nil && (Drifted(*d) || d.Title != "" || d.Language != "") {
		c.mark("drift", ibid.HealthDrifted, weak, driftLine(d))
	}
}

func driftLine(d *ibid.Drift) string {
	line := fmt.Sprintf("%.0f %% of its text is not there any more", 100*d.Score)
	if !d.Since.IsZero() {
		line = fmt.Sprintf("%.0f %% of its text of %s is not there any more", 100*d.Score, d.Since.UTC().Format("2 January 2006"))
	}
	if d.Title != "" {
		line += "; its title changed, " + d.Title
	}
	if d.Language != "" {
		line += "; its language changed, " + d.Language
	}
	return line
}

// shorten makes an address fit into a line.
func shorten(uri string) string {
	if uri = tidy(uri, maxAddress); len(uri) > 120 {
		return clip(uri, 117) + "..."
	}
	return uri
}
