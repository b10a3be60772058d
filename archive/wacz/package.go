package wacz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

// Profile is that of a package: WACZ 1.1.1 asks for this one.
const Profile = "data-package"

// Package is datapackage.json: what is in the package, and about it.
type Package struct {
	Profile     string `json:"profile,omitempty"`
	WACZVersion string `json:"wacz_version"`
	Title       string `json:"title,omitempty"`
	// Description may be Markdown.
	Description string `json:"description,omitempty"`
	Created     string `json:"created,omitempty"`
	Modified    string `json:"modified,omitempty"`
	Software    string `json:"software,omitempty"`
	// MainPageURL and MainPageDate name the page that is shown first.
	MainPageURL  string     `json:"mainPageUrl,omitempty"`
	MainPageDate string     `json:"mainPageDate,omitempty"`
	Resources    []Resource `json:"resources"`
	// Extra are all other members. On writing, none of them may have the name of a member above.
	Extra map[string]json.RawMessage `json:"-"`
}

// Resource is one file of the package. Every file is one, but datapackage.json and its digest.
type Resource struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Hash is "sha256:" and 64 hexadecimal digits. Bytes is the size.
	Hash  ibid.Digest `json:"hash"`
	Bytes int64       `json:"bytes"`
}

// plain is a Package without its methods.
type plain Package

// MarshalJSON writes the Extra members behind the others, by name.
func (p *Package) MarshalJSON() ([]byte, error) {
	b, err := marshal((*plain)(p))
	if err != nil {
		return nil, err
	}
	return splice(b, p.Extra)
}

// UnmarshalJSON keeps the members that it does not know in Extra.
func (p *Package) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*plain)(p)); err != nil {
		return fmt.Errorf("datapackage.json: %w", err)
	}
	if err := json.Unmarshal(b, &p.Extra); err != nil {
		return fmt.Errorf("datapackage.json: %w", err)
	}
	for _, known := range []string{
		"profile", "wacz_version", "title", "description", "created", "modified", "software", "mainPageUrl", "mainPageDate", "resources",
	} {
		delete(p.Extra, known)
	}
	return nil
}

// splice adds members to the JSON object b.
func splice(b []byte, members map[string]json.RawMessage) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		key, err := marshal(name)
		if err != nil {
			return nil, err
		}
		b = b[:len(b)-1]
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), members[name]...)
		b = append(b, '}')
	}
	return b, nil
}

// marshal is json.Marshal that leaves "<", ">" and "&" as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("as JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Page is one line of pages.jsonl: an address at a time at which it was captured.
type Page struct {
	ID  string
	URL string
	// Time is that of the capture: at another one, readers would show something else.
	Time  time.Time
	Title string
	// Text is what is searched; it may be empty.
	Text string
	// Size is that of the payload in bytes; 0 is unknown.
	Size int64
	// Extra are all other members.
	Extra map[string]json.RawMessage
}

// page is a Page as JSON.
type page struct {
	ID    string `json:"id,omitempty"`
	URL   string `json:"url"`
	Time  string `json:"ts"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	Size  int64  `json:"size,omitempty"`
}

// line is p as a line, its end included.
func (p *Page) line() ([]byte, error) {
	b, err := marshal(page{p.ID, p.URL, p.Time.UTC().Format(time.RFC3339Nano), p.Title, p.Text, p.Size})
	if err != nil {
		return nil, err
	}
	if b, err = splice(b, p.Extra); err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// pagesHead is the first line of pages.jsonl.
type pagesHead struct {
	Format string `json:"format"`
	ID     string `json:"id"`
	Title  string `json:"title"`
}

const pagesFormat = "json-pages-1.0"
