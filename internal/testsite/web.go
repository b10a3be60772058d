package testsite

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// Web is a set of sites, ready to be served any number of times.
type Web struct {
	sites    map[string]*site    // by authority: "www.iom.int:80"
	hosts    map[string]*host    // by name
	archives map[string]*archive // by ID
	parts    map[string]string   // what bodies include, by name
	past     *Web                // nil: @was means nothing
}

// host is what all sites of one host name share.
type host struct {
	name    string
	dead    string // "", "refused" or "unknown"
	header  http.Header
	aliases []string
	archive *archive // nil: the host is none
}

// site is what one authority (host and port) answers.
type site struct {
	host     *host
	scheme   string
	port     string
	pages    map[string]*page // by request target: "/index.php?option=x"
	sorted   map[string]*page // by request target with its query in order
	fallback *page            // the "*" file
}

// page is one answer.
type page struct {
	name    string
	status  int
	header  http.Header
	body    body
	chunked bool
	delay   time.Duration
}

// Parse reads sites from an archive. An error names the file and the line in it, counted from the line
// after the file's name.
func Parse(files *txtar.Archive) (*Web, error) { return parse(files, nil) }

// parse is Parse; past is the web that @was speaks of.
func parse(files *txtar.Archive, past *Web) (*Web, error) {
	w := &Web{sites: map[string]*site{}, hosts: map[string]*host{}, archives: map[string]*archive{}, parts: map[string]string{}, past: past}
	if past != nil {
		w.parts = maps.Clone(past.parts)
	}
	for _, f := range files.Files {
		if name, ok := strings.CutPrefix(f.Name, "#"); ok {
			w.parts[name] = string(f.Data)
		}
	}
	var later []*draft
	for _, f := range files.Files {
		if strings.HasPrefix(f.Name, "#") {
			continue
		}
		d, err := newDraft(f)
		if err != nil {
			return nil, err
		}
		switch {
		case d.wholeHost():
			err = w.addHost(d)
		case d.first("@like") != nil || d.first("@was") != nil:
			later = append(later, d)
		default:
			err = w.addPage(d)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, d := range later {
		if err := w.addLike(d); err != nil {
			return nil, err
		}
	}
	return w, w.check()
}

func (w *Web) host(name string) *host {
	h := w.hosts[name]
	if h == nil {
		h = &host{name: name, header: http.Header{}}
		w.hosts[name] = h
	}
	return h
}

func (w *Web) site(a address) *site {
	s := w.sites[a.authority()]
	if s == nil {
		s = &site{
			host: w.host(a.host), scheme: a.scheme, port: a.port,
			pages: map[string]*page{}, sorted: map[string]*page{},
		}
		w.sites[a.authority()] = s
	}
	return s
}

func (w *Web) addHost(d *draft) error {
	h := w.host(strings.ToLower(d.file.Name))
	if d.first("@archive") != nil {
		if err := w.addArchive(d, h); err != nil {
			return err
		}
	}
	for _, l := range d.head {
		switch l.key {
		case "@refused", "@unknown":
			h.dead = l.key[1:]
		case "@alias":
			h.aliases = append(h.aliases, strings.ToLower(l.value))
		default:
			if strings.HasPrefix(l.key, "@") {
				return d.fail(l.number, fmt.Errorf("%s says nothing of a whole host", l.key))
			}
			h.header.Add(l.key, l.value)
		}
	}
	return nil
}

// addArchive makes the host an archive, which answers even when nothing is captured.
func (w *Web) addArchive(d *draft, h *host) error {
	var err error
	if h.archive, err = newArchive(d); err != nil {
		return err
	}
	if w.archives[h.archive.ID] != nil {
		return d.fail(0, fmt.Errorf("there are two archives %s", h.archive.ID))
	}
	w.archives[h.archive.ID] = h.archive
	if d.first("@refused") != nil || d.first("@unknown") != nil {
		return nil
	}
	a, err := parseAddress(strings.TrimPrefix(h.archive.base, "http://"))
	if err != nil {
		return d.fail(0, err)
	}
	w.site(a)
	return nil
}

func (w *Web) addPage(d *draft) error {
	c, err := w.capture(d)
	if err != nil {
		return err
	}
	p, err := d.page(w.parts)
	if err != nil {
		return err
	}
	return w.put(d, p, c, http.Header{})
}

// capture returns what makes a file of an archive a capture; nil: it is none.
func (w *Web) capture(d *draft) (*capture, error) {
	if h := w.hosts[d.address.host]; h != nil && h.archive != nil {
		return h.archive.newCapture(d)
	}
	return nil, nil
}

// addLike gives d the answer of the file that it names: one of this web, or of the past one.
func (w *Web) addLike(d *draft) error {
	c, err := w.capture(d)
	if err != nil {
		return err
	}
	from, l := w, d.first("@like")
	if l == nil {
		from, l = w.past, d.first("@was")
	}
	a, err := parseAddress(l.value)
	if err != nil {
		return d.fail(l.number, err)
	}
	p := from.file(a)
	if p == nil {
		return d.fail(l.number, fmt.Errorf("there is no file %s", l.value))
	}
	return w.put(d, p, c, from.sites[a.authority()].host.header)
}

// file returns what a file of w answers, that of "*" included, or nil.
func (w *Web) file(a address) *page {
	if w == nil || w.sites[a.authority()] == nil {
		return nil
	}
	s := w.sites[a.authority()]
	if a.target == "/*" {
		return s.fallback
	}
	return s.pages[a.target]
}

// put gives the address of d the answer p. With c, it is a capture of that, with the headers that all answers of the
// host carried too.
func (w *Web) put(d *draft, p *page, c *capture, shared http.Header) error {
	s := w.site(d.address)
	if d.address.target == "/*" {
		s.fallback = p
		return nil
	}
	if s.pages[d.address.target] != nil {
		return d.fail(0, errors.New("this address was given before"))
	}
	s.pages[d.address.target] = p
	s.sorted[sortQuery(d.address.target)] = p
	if c == nil {
		return nil
	}
	if err := s.host.archive.add(c, p, shared); err != nil {
		return d.fail(0, err)
	}
	return nil
}

// check finds what only shows when all is read.
func (w *Web) check() error {
	for _, s := range w.sites {
		if s.host.dead != "" {
			return fmt.Errorf("%s: a host that is dead has pages", s.host.name)
		}
	}
	for _, h := range w.hosts {
		for _, a := range h.aliases {
			if w.hosts[a] != nil {
				return fmt.Errorf("%s: its alias %s is a host of its own", h.name, a)
			}
		}
	}
	return nil
}

// lookup finds the site that a Host header means on a listener of that scheme.
func (w *Web) lookup(scheme, hostport string) *site {
	name, port, err := net.SplitHostPort(hostport)
	if err != nil {
		name, port = hostport, defaultPort(scheme)
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if s := w.sites[net.JoinHostPort(name, port)]; s != nil && s.scheme == scheme {
		return s
	}
	for _, s := range w.sites {
		for _, a := range s.host.aliases {
			if a == name && s.port == port && s.scheme == scheme {
				return s
			}
		}
	}
	return nil
}

// find returns the page of a request target, or the site's page for all others, or nil. As on most
// servers, the order of the parameters does not matter.
func (s *site) find(target string) *page {
	if p := s.pages[target]; p != nil {
		return p
	}
	if p := s.sorted[sortQuery(target)]; p != nil {
		return p
	}
	return s.fallback
}
