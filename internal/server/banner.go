package server

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/ibid-archive/ibid"
)

// Banner is what stands around an archived page: all of it from the catalogue, nothing from the page.
type Banner struct {
	Capture ibid.Capture
	// At is when, to the second. Live says that it comes from the live web, and not from another archive.
	At      time.Time
	Live    bool
	Verdict ibid.Verdict
	// LastFixity is when its bytes were last compared with their digest; zero: not yet.
	LastFixity time.Time
	// Show is the page itself on Origin, Sandbox the value of its frame's attribute. NoSandbox says that the browser's own
	// reader shows it, which has none, and which some browsers have only outside of frames.
	Show, Origin, Sandbox string
	NoSandbox             bool
	// Scripts says that those of the page run, and Switch is the same page the other way; empty: there is none.
	Scripts bool
	Switch  string
	// Interactive is the same page by ReplayWeb.page; empty: it is that, or there is none.
	Interactive string
	// Raw is as it was sent, Calendar lists all captures.
	Raw, Calendar string
	// First, Prev, Next and Last are neighbours in time; nil: there is none, or it is this one.
	First, Prev, Next, Last *Beside
}

// Beside is another capture of the same address.
type Beside struct {
	Link string
	At   time.Time
}

// Face makes the pages that stand around what is archived, or in its place.
type Face struct{ s *server }

// NewFace returns a Face.
func NewFace(now func() time.Time, log *slog.Logger) *Face {
	return &Face{&server{Options: Options{Now: now, Log: log}, renderer: newRenderer(now)}}
}

// Banner writes the page around an archived one.
func (f *Face) Banner(w http.ResponseWriter, r *http.Request, status int, b *Banner) {
	f.s.render(w, r, answer{page: "banner", status: status, data: b, here: "/search", frames: b.Origin})
}

// Fail writes a page that says why there is no archived one.
func (f *Face) Fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	told := failure{Status: status, Kind: ibid.KindOf(err)}
	if status < http.StatusInternalServerError {
		told.Message = err.Error()
	}
	f.s.render(w, r, answer{page: "error", status: status, data: told, here: "/search"})
}
