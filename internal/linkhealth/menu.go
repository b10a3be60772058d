package linkhealth

const (
	// menuLinks is how many short links in a row are a menu.
	menuLinks = 5
	// menuWords is how many half words such links have on average, at most.
	menuWords = 7
	// maxHeld bounds the words that wait for the end of a row.
	maxHeld = 2048
)

// menu holds back the words of links in a row until it shows whether they are a menu: what pages without names for
// their parts have around the text. A menu that changes is no drift.
type menu struct {
	held   []heldWord
	links  int
	inLink bool
	// half counts the half words within links, between those since the last link.
	half, between int
}

type heldWord struct {
	hash uint64
	half int
}

// begin says that a link begins.
func (m *menu) begin(w *writer) {
	if len(m.held) >= maxHeld {
		m.end(w)
	}
	m.links++
	m.inLink, m.between = true, 0
}

// holds takes a word, if it may be part of a menu.
func (w *writer) holds(hash uint64, half int) bool {
	m := &w.menu
	if m.inLink {
		m.half += half
	} else if m.between += half; m.between > 2 {
		m.end(w)
		return false
	}
	if len(m.held) >= maxHeld {
		return m.isMenu() // the rest of an endless row is as its beginning
	}
	m.held = append(m.held, heldWord{hash, half})
	return true
}

func (m *menu) isMenu() bool { return m.links >= menuLinks && m.half <= m.links*menuWords }

// end gives the words of a row to the text, unless it was a menu.
func (m *menu) end(w *writer) {
	held, drop := m.held, m.isMenu()
	m.held, m.links, m.half, m.between = m.held[:0], 0, 0, 0
	if drop {
		return
	}
	for _, word := range held {
		w.add(word.hash, word.half)
	}
}
