package testsite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"
)

// draft is a file as read: its address, the lines of its head, and its body as text.
type draft struct {
	file    txtar.File
	address address
	status  int
	head    []line
	body    string
	start   int // number of the first line of the body
}

// line is one line of a head: a header, or a directive whose key begins with "@".
type line struct {
	number     int
	key, value string
}

func newDraft(f txtar.File) (*draft, error) {
	d := &draft{file: f, status: http.StatusOK, body: string(f.Data), start: 1}
	if d.wholeHost() {
		return d, d.readHead(strings.Split(d.body, "\n"), 0)
	}
	var err error
	if d.address, err = parseAddress(f.Name); err != nil {
		return nil, d.fail(0, err)
	}
	first, rest, _ := strings.Cut(d.body, "\n")
	status, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "HTTP ")
	if !ok {
		return d, nil
	}
	d.status, err = strconv.Atoi(status)
	if err != nil || d.status < 200 || d.status > 599 {
		return nil, d.fail(1, fmt.Errorf("%q is not a status from 200 to 599", status))
	}
	return d, d.readHead(strings.Split(rest, "\n"), 1)
}

// readHead takes lines up to the first empty one; what follows is the body. before is the number of
// lines already read.
func (d *draft) readHead(lines []string, before int) error {
	for i, text := range lines {
		text = strings.TrimRight(text, "\r")
		number := before + i + 1
		if text == "" {
			d.body = strings.Join(lines[i+1:], "\n")
			d.start = number + 1
			return nil
		}
		l := line{number: number}
		if strings.HasPrefix(text, "@") {
			l.key, l.value, _ = strings.Cut(text, " ")
		} else {
			var colon bool
			if l.key, l.value, colon = strings.Cut(text, ":"); !colon {
				return d.fail(number, fmt.Errorf("%q is neither a header nor a directive", text))
			}
		}
		l.value = strings.TrimSpace(l.value)
		d.head = append(d.head, l)
	}
	d.body = ""
	return nil
}

// wholeHost says whether the file speaks of a host and not of an address.
func (d *draft) wholeHost() bool { return !strings.Contains(d.file.Name, "/") }

func (d *draft) first(key string) *line {
	for i := range d.head {
		if d.head[i].key == key {
			return &d.head[i]
		}
	}
	return nil
}

// take is first, and takes the line out of the head.
func (d *draft) take(key string) *line {
	for i := range d.head {
		if d.head[i].key == key {
			l := d.head[i]
			d.head = slices.Delete(d.head, i, i+1)
			return &l
		}
	}
	return nil
}

// fail makes an error that names the file, and the line in it if number is not 0.
func (d *draft) fail(number int, err error) error {
	if number == 0 {
		return fmt.Errorf("%s: %w", d.file.Name, err)
	}
	return fmt.Errorf("%s: line %d: %w", d.file.Name, number, err)
}

// page makes the answer that d describes.
func (d *draft) page(parts map[string]string) (*page, error) {
	p := &page{name: d.file.Name, status: d.status, header: http.Header{}}
	m := maker{path: d.path(), charset: "utf-8"}
	for _, l := range d.head {
		if err := d.apply(l, p, &m); err != nil {
			return nil, d.fail(l.number, err)
		}
	}
	text, err := include(d.body, parts, 0)
	if err != nil {
		return nil, d.fail(d.start, err)
	}
	if p.body, err = m.make(text); err != nil {
		return nil, d.fail(d.start, err)
	}
	if p.header.Get("Content-Type") == "" && p.body.size > 0 {
		p.header.Set("Content-Type", contentType(m.path, m.charset))
	}
	if m.coding != "" {
		p.header.Set("Content-Encoding", m.coding)
	}
	return p, nil
}

func (d *draft) path() string {
	path, _, _ := strings.Cut(d.address.target, "?")
	return path
}

func (d *draft) apply(l line, p *page, m *maker) error {
	var err error
	switch l.key {
	case "@chunked":
		p.chunked = true
	case "@delay":
		if p.delay, err = time.ParseDuration(l.value); err == nil && p.delay < 0 {
			err = errors.New("a delay cannot be negative")
		}
	case "@charset":
		m.charset = strings.ToLower(l.value)
	case "@coding":
		m.coding = l.value
	case "@pdf", "@image", "@woff", "@mp4", "@random":
		m.kind = l.key[1:]
		m.args, err = parseArgs(l.value)
		if l.key == "@pdf" {
			m.path = "x.pdf"
		}
	default:
		if strings.HasPrefix(l.key, "@") {
			return fmt.Errorf("there is no directive %s", l.key)
		}
		p.header.Add(l.key, l.value)
	}
	return err
}

// parseArgs reads `64x48 seed=7 title="A title"`. A word without "=" is kept under the empty key.
func parseArgs(s string) (map[string]string, error) {
	args := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end := strings.IndexAny(s, " =")
		if end < 0 || s[end] == ' ' {
			word, rest, _ := strings.Cut(s, " ")
			args[""], s = word, rest
			continue
		}
		key := s[:end]
		s = s[end+1:]
		if !strings.HasPrefix(s, `"`) {
			args[key], s, _ = strings.Cut(s, " ")
			continue
		}
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, fmt.Errorf("the value of %s has no closing quote", key)
		}
		if args[key], err = strconv.Unquote(quoted); err != nil {
			return nil, fmt.Errorf("the value of %s: %w", key, err)
		}
		s = s[len(quoted):]
	}
	return args, nil
}

// include puts parts in the place of their directives, at most 4 deep.
func include(text string, parts map[string]string, depth int) (string, error) {
	const open, end = `<!--#include virtual="`, `" -->`
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, open)
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, end)
		part, known := parts[name]
		if !closed || !known || depth == 4 {
			return "", fmt.Errorf("cannot include the part %.40q", name)
		}
		inner, err := include(part, parts, depth+1)
		if err != nil {
			return "", err
		}
		out.WriteString(strings.TrimSuffix(inner, "\n"))
		text = after
	}
}

// address is a file name read as a URL.
type address struct{ scheme, host, port, target string }

func parseAddress(name string) (address, error) {
	scheme := "http"
	if rest, ok := strings.CutPrefix(name, "https://"); ok {
		scheme, name = "https", rest
	}
	u, err := url.Parse(scheme + "://" + name)
	if err != nil {
		return address{}, fmt.Errorf("its name is not a URL without a scheme: %w", err)
	}
	a := address{scheme: scheme, host: strings.ToLower(u.Hostname()), port: u.Port(), target: u.RequestURI()}
	if a.host == "" || u.User != nil || u.Fragment != "" || !strings.HasPrefix(a.target, "/") {
		return address{}, errors.New("its name is not HOST/PATH")
	}
	if a.port == "" {
		a.port = defaultPort(scheme)
	}
	return a, nil
}

func (a address) authority() string { return net.JoinHostPort(a.host, a.port) }

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// sortQuery puts the parameters of a request target in order, each kept as it is written.
func sortQuery(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	params := strings.Split(query, "&")
	slices.Sort(params)
	return path + "?" + strings.Join(params, "&")
}
