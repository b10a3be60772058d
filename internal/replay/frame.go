package replay

import (
	"net/http"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// Frame is what the page around a memento says of it: all from the index, nothing from the memento itself.
type Frame struct {
	Capture ibid.Capture
	// Captured is when.
	Captured time.Time
	// Show is the address that the frame opens, on ReplayOrigin; Sandbox the value of the frame's attribute. A reader of
	// PDF runs in no sandbox, and needs none: NoSandbox.
	Show, ReplayOrigin, Sandbox string
	NoSandbox                   bool
	// Scripts says that those of the page may run, and Switch is the same page the other way; empty: there is none.
	Scripts bool
	Switch  string
	// Interactive is the same page by ReplayWeb.page; empty: it is that, or there is none.
	Interactive string
	// Raw is the memento as it was sent; Calendar lists the others.
	Raw, Calendar string
	// First, Prev, Next and Last are the mementos in time; nil where there is none, or it is this one.
	First, Prev, Next, Last *Neighbour
}

// Neighbour is another memento of the same address.
type Neighbour struct {
	Link string
	At   time.Time
}

// Verdict says what became of the bytes of the capture.
func (f *Frame) Verdict() ibid.Verdict {
	switch {
	case f.Capture.Truncated != "":
		return ibid.Truncated
	case f.Capture.Class != "":
		return ibid.ArchivedNoted
	}
	return ibid.Archived
}

// Live says whether it comes from the live web, and not from another archive.
func (f *Frame) Live() bool { return f.Capture.Origin == ibid.OriginLive || f.Capture.Origin == "" }

func (s *Service) newFrame(r *http.Request, e *cdx.Entry, n neighbours, modifier string) *Frame {
	replay, withTicket := s.ticketed(r, e)
	f := &Frame{
		Capture: e.Capture, Captured: stampTime(e), ReplayOrigin: s.o.Replay.base(r, false),
		Show: replay.memento(e, modifier), Raw: replay.memento(e, modifierRaw),
		Calendar: "/web/*/" + tail(e.URI), NoSandbox: e.MediaType == "application/pdf" && modifier != modifierInteractive, Scripts: viewOf(modifier).scripts,
		Switch: mementoPath(e, modifierScripts),
	}
	if s.o.Assets != nil {
		f.Interactive = mementoPath(e, modifierInteractive)
	}
	switch modifier {
	case modifierScripts:
		f.Sandbox, f.Switch = "allow-scripts", mementoPath(e, "")
	case modifierInteractive:
		// Its worker needs an origin: that of what is archived. Neither the window nor another one is in its reach.
		f.Sandbox, f.Switch, f.Interactive = "allow-scripts allow-same-origin", mementoPath(e, ""), ""
	}
	if withTicket {
		f.Interactive = ""
	}
	if withTicket || !f.Scripts && !hasScripts(e.MediaType) {
		f.Switch = ""
	}
	for _, m := range []struct {
		e  *cdx.Entry
		to **Neighbour
	}{{n.first, &f.First}, {n.prev, &f.Prev}, {n.next, &f.Next}, {n.last, &f.Last}} {
		if m.e != nil && !sameSecond(m.e, e.Timestamp) {
			*m.to = &Neighbour{mementoPath(m.e, modifier), stampTime(m.e)}
		}
	}
	return f
}

// hasScripts says whether what is of that type can have scripts; what is of none may be anything.
func hasScripts(kind ibid.MediaType) bool { return kind == "" || isHTML(kind) || isXML(kind) }
