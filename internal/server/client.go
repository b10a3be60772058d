package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

// Client is who sent a request, as far as the connection tells.
type Client struct {
	// Address is where it came from; the zero one: it is not known.
	Address netip.Addr
	// Request names the request in logs and errors.
	Request string
	// here says that nobody between has passed it on.
	here bool
}

// clientKey is where the context of a request has its Client.
type clientKey struct{}

// ClientOf is the Client of the request that ctx is of; the zero one: ctx is of none.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}

// isLocal says whether the request comes from this machine, to this machine by its own name, and nobody has passed it on.
func isLocal(r *http.Request) bool {
	c := ClientOf(r.Context())
	return c.here && c.Address.IsLoopback() && isLocalName(r.Host)
}

// requestHeader names a request.
const requestHeader = "X-Request-Id"

var requestName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// passedOn are the headers that say that somebody has passed a request on.
var passedOn = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}

// proxied finds out who sent a request. What headers say of that is only believed when one of the proxies has set it.
func (s *server) proxied(r *http.Request) *http.Request {
	at, _ := netip.ParseAddrPort(r.RemoteAddr) // it is the zero one where there is no network
	c := Client{Address: at.Addr().Unmap(), Request: rand.Text()[:16], here: true}
	for _, name := range passedOn {
		c.here = c.here && r.Header.Get(name) == ""
	}
	host, encrypted := r.Host, r.TLS
	if s.trusts(c.Address) {
		if given := r.Header.Get(requestHeader); requestName.MatchString(given) {
			c.Request = given
		}
		c.Address = s.forwardedFor(c.Address, r.Header.Values("X-Forwarded-For"))
		if given := r.Header.Get("X-Forwarded-Host"); isHost(given) {
			host = given
		}
		switch r.Header.Get("X-Forwarded-Proto") {
		case "https":
			encrypted = new(tls.ConnectionState)
		case "http":
			encrypted = nil
		}
	}
	if s.HTTPS && encrypted == nil {
		encrypted = new(tls.ConnectionState)
	}
	r = r.WithContext(context.WithValue(r.Context(), clientKey{}, c))
	r.Host, r.TLS = host, encrypted // whether there is a TLS says, here and below, how the reader's connection is
	return r
}

// trusts says whether a is one of the proxies.
func (s *server) trusts(a netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// forwardedFor is who a proxy at that address says it speaks for: the last that is no proxy itself. Those before it, the client
// may have made up.
func (s *server) forwardedFor(proxy netip.Addr, lines []string) netip.Addr {
	all := strings.Split(strings.Join(lines, ","), ",")
	for i := len(all) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(all[i]))
		if err != nil {
			return proxy
		}
		if proxy = a.Unmap(); !s.trusts(proxy) {
			break
		}
	}
	return proxy
}

var hostForm = regexp.MustCompile(`^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?$`)

func isHost(text string) bool { return hostForm.MatchString(text) }

// LogHandler adds to each line of next the request that it is about.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	if c := ClientOf(ctx); c.Request != "" {
		r.AddAttrs(slog.String("request", c.Request))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
