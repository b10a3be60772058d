package linkhealth

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MissingFragments returns those of fragments that name a part which the page does not have (HTML, "find a potential
// indicated element"), in one pass: as it stands, percent-decoded, as an id or as the name of a link. Letters of the other
// case are let pass, as old pages and their readers did. Nothing can be missed without a tree, at the top, of text
// fragments, and of the addresses that scripts keep there.
func MissingFragments(doc *goquery.Document, fragments []string) []string {
	root := rootOf(doc)
	if root == nil {
		return nil
	}
	wanted := map[string]bool{} // the names in lower case, and whether they were found
	for _, f := range fragments {
		if name := partName(f); name != "" {
			wanted[strings.ToLower(name)] = false
			wanted[strings.ToLower(decoded(name))] = false
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	findParts(root, wanted)
	var missing []string
	for _, f := range fragments {
		if name := partName(f); name != "" && !wanted[strings.ToLower(name)] && !wanted[strings.ToLower(decoded(name))] {
			missing = append(missing, f)
		}
	}
	return missing
}

// partName is the name of the part that a fragment means; "" is the whole page.
func partName(fragment string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(fragment, "#"), ":~:") // the rest is a text fragment (WICG)
	switch {
	case strings.EqualFold(name, "top"), strings.HasPrefix(name, "!"), strings.HasPrefix(name, "/"), strings.Contains(name, "="):
		return ""
	}
	return name
}

func decoded(name string) string {
	s, err := url.PathUnescape(name)
	if err != nil {
		return name
	}
	return s
}

func findParts(root *html.Node, wanted map[string]bool) {
	left := maxNodes
	for n := root; n != nil && left >= 0; n = following(n, root, true) {
		left--
		if n.Type != html.ElementNode {
			continue
		}
		for i := range n.Attr {
			a := &n.Attr[i]
			if a.Key != "id" && (a.Key != "name" || n.DataAtom != atom.A) {
				continue
			}
			if name := strings.ToLower(a.Val); len(a.Val) <= maxAddress {
				if _, ok := wanted[name]; ok {
					wanted[name] = true
				}
			}
		}
	}
	if left < 0 { // what was not looked at is not missed
		for name := range wanted {
			wanted[name] = true
		}
	}
}
