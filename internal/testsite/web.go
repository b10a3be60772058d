// Package testsite serves web sites that are written down in txtar files, on loopback: for tests and for
// `ibid demo`. A second part, [Hostile], is a bank of servers that misbehave on purpose, with a table
// of what a crawler should make of each.
//
// # Sites
//
// Each file of the archive is one address. Its name is the URL without "http://" (with "https://" in
// front, it is served over TLS only):
//
//	-- www.iom.int/jahia/Jahia/lang/en/pid/8 --
//	<html>the body</html>
//	-- www.iom.int/old --
//	HTTP 301
//	Location: /jahia/Jahia/lang/en/pid/8
//	-- www.iom.int/* --
//	HTTP 404
//
//	<html>what every other address of this host answers</html>
//
// A file whose first line is "HTTP" and a status begins with a head: header lines and directives, up
// to the first empty line. Directives begin with "@":
//
//	@charset windows-1252     the body is sent in it (also iso-8859-1, utf-16: little-endian with a mark)
//	@coding gzip              content coding: gzip or deflate
//	@chunked                  sent in chunks, without a Content-Length
//	@delay 200ms              waits before it answers
//	@like HOST/PATH           the whole answer of another file
//	@pdf title="…" author="A; B" lang=fr date=2009-05-12 pages=3
//	                          the body is the text of a PDF; addresses in it become links
//	@image 64x48              a picture of the type that the name ends with: png, gif, jpg, ico
//	@woff                     a font file
//	@mp4 100KB                a film, in name and form
//	@random 1MB seed=7        bytes that do not compress
//
// A name without a slash speaks of a whole host. Its lines are default headers, and
//
//	@alias HOST    another name of the host
//	@refused       nobody listens: connections are refused
//	@unknown       the name does not exist
//
// A name that begins with "#" is a part that bodies include by its name: <!--#include virtual="nav" -->.
// The part is text, and is sent nowhere by itself.
package testsite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// Web is a set of sites, ready to be served any number of times.
type Web struct {
	sites map[string]*site // by authority: "www.iom.int:80"
	hosts map[string]*host // by name
}

// host is what all sites of one host name share.
type host struct {
	name    string
	dead    string // "", "refused" or "unknown"
	header  http.Header
	aliases []string
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
func Parse(archive *txtar.Archive) (*Web, error) {
	w := &Web{sites: map[string]*site{}, hosts: map[string]*host{}}
	parts := map[string]string{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "#"); ok {
			parts[name] = string(f.Data)
		}
	}
	var later []*draft
	for _, f := range archive.Files {
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
		case d.first("@like") != nil:
			later = append(later, d)
		default:
			err = w.addPage(d, parts)
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

func (w *Web) addPage(d *draft, parts map[string]string) error {
	p, err := d.page(parts)
	if err != nil {
		return err
	}
	return w.put(d, p)
}

// addLike gives d the answer of the file that it names.
func (w *Web) addLike(d *draft) error {
	l := d.first("@like")
	a, err := parseAddress(l.value)
	if err != nil {
		return d.fail(l.number, err)
	}
	s := w.sites[a.authority()]
	if s == nil || s.pages[a.target] == nil {
		return d.fail(l.number, fmt.Errorf("there is no file %s", l.value))
	}
	return w.put(d, s.pages[a.target])
}

func (w *Web) put(d *draft, p *page) error {
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
