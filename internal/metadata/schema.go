package metadata

// mainThing chooses the item that is this page. A better type wins, then an item that names this
// page's address or heading. Of several equals of which none does, like the teasers of a front page,
// none is chosen.
func (p *page) mainThing(items []*thing, isThisPage, isHeading func(string) bool) *thing {
	var best *thing
	bestScore, rivals := 0, 0
	for _, t := range items {
		rank := t.rank()
		if rank == 0 || p.unrelated(t.region) {
			continue
		}
		score := 10 * rank
		if t.isAbout(isThisPage, isHeading) {
			score += 5
		} else if _, name := t.text("headline", "name"); name != "" && t.syntax != "json-ld" {
			continue // what is marked up in the page under another title is something else on it
		}
		if score > bestScore {
			best, bestScore, rivals = t, score, 0
		} else if score == bestScore && !t.sameAs(best) {
			rivals++
		}
	}
	if rivals > 0 && bestScore%10 == 0 {
		return nil
	}
	return best
}

// sameAs says whether two items have the same headline: some pages describe themselves twice.
func (t *thing) sameAs(other *thing) bool {
	a, _ := t.text("headline", "name")
	b, _ := other.text("headline", "name")
	return a == b
}

// isAbout says whether t names this page by its address or by its heading.
func (t *thing) isAbout(isThisPage, isHeading func(string) bool) bool {
	for i := range t.props {
		p := &t.props[i]
		switch p.name {
		case "url", "@id", "mainEntityOfPage":
			address := p.text
			if p.item != nil {
				address = p.item.id()
			}
			if address != "" && isThisPage(address) {
				return true
			}
		case "headline", "name":
			if isHeading(p.text) {
				return true
			}
		}
	}
	return false
}

// flatten lists the things of JSON-LD documents: the members of @graph and main entities with them.
func flatten(roots []*thing) []*thing {
	var all []*thing
	var walk func(t *thing, depth int)
	walk = func(t *thing, depth int) {
		if depth > maxDepth || len(all) >= maxThings {
			return
		}
		all = append(all, t)
		for i := range t.props {
			p := &t.props[i]
			if p.item != nil && (p.name == "@graph" || p.name == "mainEntity" || p.name == "mainEntityOfPage") {
				walk(p.item, depth+1)
			}
		}
	}
	for _, t := range roots {
		walk(t, 0)
	}
	return all
}

// resolve returns the thing that t refers to when t is a mere reference by @id.
func (p *page) resolve(t *thing) *thing {
	id := t.id()
	if id == "" {
		return t
	}
	if name, _ := t.text("name"); name != "" {
		return t
	}
	best := t
	for _, other := range p.ld {
		if other.id() == id && len(other.props) > len(best.props) {
			best = other
		}
	}
	return best
}

// named returns the name of what a property holds: its text, or the name of the thing it refers to.
func (p *page) named(v *prop) string {
	if v.item == nil {
		return v.text
	}
	if s := v.literal(); s != "" {
		return s
	}
	t := p.resolve(v.item)
	if s, _ := t.text("name", "legalName", "@text"); s != "" {
		return s
	}
	given, _ := t.text("givenName")
	family, _ := t.text("familyName")
	return clean(given+" "+family, maxName)
}
