package main

import (
	"net/http"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/catalog"
	"github.com/ibid-archive/ibid/internal/replay"
	"github.com/ibid-archive/ibid/internal/server"
)

// bannerOf writes what stands around an archived page.
func bannerOf(c *catalog.Catalog, face *server.Face) func(w http.ResponseWriter, r *http.Request, status int, f *replay.Frame) {
	beside := func(n *replay.Neighbour) *server.Beside {
		if n == nil {
			return nil
		}
		return &server.Beside{Link: n.Link, At: n.At}
	}
	return func(w http.ResponseWriter, r *http.Request, status int, f *replay.Frame) {
		fixity, err := c.LastChecked(r.Context(), f.Capture.Location)
		if err != nil {
			face.Fail(w, r, ibid.KindOf(err).HTTPStatus(), err)
			return
		}
		b := server.Banner{
			Capture: f.Capture, At: f.Captured, Live: f.Live(), Verdict: f.Verdict(), LastFixity: fixity.Checked, Show: f.Show, Origin: f.ReplayOrigin, Sandbox: f.Sandbox,
			NoSandbox: f.NoSandbox, Scripts: f.Scripts, Switch: f.Switch, Interactive: f.Interactive, Raw: f.Raw, Calendar: f.Calendar,
			First: beside(f.First), Prev: beside(f.Prev), Next: beside(f.Next), Last: beside(f.Last),
		}
		if b.First != nil && b.Prev != nil && *b.First == *b.Prev {
			b.First = nil
		}
		if b.Last != nil && b.Next != nil && *b.Last == *b.Next {
			b.Last = nil
		}
		face.Banner(w, r, status, &b)
	}
}
