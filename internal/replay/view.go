package replay

import (
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
)

// The modifiers, which stand behind a timestamp, as those of the Wayback Machine do.
const (
	// modifierRaw: the payload as sent.
	modifierRaw = "id_"
	// modifierScripts: the page with its scripts. They can send nothing anywhere else; but a browser may look up and connect
	// to a host that they name before it finds that it must not go there. Without them nothing of that kind is known.
	modifierScripts = "on_"
	// modifierInteractive: the same by ReplayWeb.page, where its files are there.
	modifierInteractive = "ia_"
	// modifierFrame and modifierFrameScripts: the same for pages within pages.
	modifierFrame        = "fr_"
	modifierFrameScripts = "fo_"
)

// view is how a memento is to be shown.
type view struct {
	raw, scripts, nested bool
}

// viewOf is the view that a modifier asks for; those of other archives, for images or style sheets, make no difference.
func viewOf(modifier string) view {
	return view{
		raw:     modifier == modifierRaw,
		scripts: modifier == modifierScripts || modifier == modifierFrameScripts || modifier == modifierInteractive,
		nested:  modifier == modifierFrame || modifier == modifierFrameScripts,
	}
}

// modifier is that of v.
func (v view) modifier() string {
	switch {
	case v.raw:
		return modifierRaw
	case v.scripts && v.nested:
		return modifierFrameScripts
	case v.scripts:
		return modifierScripts
	case v.nested:
		return modifierFrame
	}
	return ""
}

// within is the view of a page in a page of v.
func (v view) within() view { return view{scripts: v.scripts, nested: true} }

// permissions are what a page may ask the browser for, all switched off.
var permissions = strings.Join([]string{
	"accelerometer=()", "autoplay=()", "bluetooth=()", "browsing-topics=()", "camera=()", "clipboard-read=()", "clipboard-write=()",
	"display-capture=()", "encrypted-media=()", "fullscreen=()", "gamepad=()", "geolocation=()", "gyroscope=()", "hid=()",
	"idle-detection=()", "local-fonts=()", "magnetometer=()", "microphone=()", "midi=()", "otp-credentials=()", "payment=()",
	"picture-in-picture=()", "publickey-credentials-get=()", "screen-wake-lock=()", "serial=()", "storage-access=()", "usb=()",
	"window-management=()", "xr-spatial-tracking=()",
}, ", ")

// guard sets what every answer of the replay origin says, so that nothing archived can reach anything but this origin, run
// unless it is wanted, or be taken for something else. Resources may be embedded from other origins, since a page in a
// sandbox is one: its origin is opaque.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions)
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "private, no-cache")
}

// policy is the Content-Security-Policy of what is shown in the view v on the origin own, framed by the pages of app. The
// origin is named beside 'self', which an opaque origin is not to every browser. A page within a page has ancestors
// with opaque origins, which cannot be named: it may be framed by any.
func policy(v view, own, app string, kind ibid.MediaType) string {
	sources := "'self' " + own + " data: blob:"
	scripts, connect, sandbox := "'none'", "'none'", "sandbox"
	if v.scripts && !v.raw {
		scripts = "'unsafe-inline' 'unsafe-eval' " + sources
		connect, sandbox = "'self' "+own, "sandbox allow-scripts"
	}
	p := "default-src " + sources + "; script-src " + scripts + "; style-src 'unsafe-inline' " + sources + "; connect-src " + connect +
		"; frame-src 'self' " + own + "; object-src 'none'; worker-src 'none'; manifest-src 'none'; base-uri 'none'; form-action 'none'; webrtc 'block'"
	if !v.nested {
		p += "; frame-ancestors 'self' " + own + " " + app
	}
	if kind == "application/pdf" {
		// The browser's own reader shows it, in no origin of ours, and not at all in a sandbox.
		return "default-src 'none'; style-src 'unsafe-inline'; object-src 'self' " + own + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self' " + own + " " + app
	}
	return p + "; " + sandbox
}

// pageHeader sets what belongs to one memento in the view v.
func (s *Service) pageHeader(w http.ResponseWriter, r *http.Request, v view, kind ibid.MediaType) {
	own, app := s.o.Replay.base(r, true), s.o.Application.base(r, false)
	w.Header().Set("Content-Security-Policy", policy(v, own, app, kind))
	// Fonts are only taken with leave of their origin, and a sandbox has the origin "null".
	if r.Header.Get("Sec-Fetch-Dest") == "font" && r.Header.Get("Origin") == "null" {
		w.Header().Set("Access-Control-Allow-Origin", "null")
	}
}
