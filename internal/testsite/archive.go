package testsite

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // the digest of CDX files; nothing is proven with it
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Archive is a web archive of a Web, as a configuration names it (rescue.archives).
type Archive struct {
	// ID is what it is called in reports; Name is for people.
	ID, Name string
	// TimeMap and TimeGate are the beginnings of addresses that end with that of the source, as it is.
	TimeMap, TimeGate string
	// CDX is the address of its index; empty: it has none.
	CDX string
	// Raw is the modifier that asks for the bytes as they were captured.
	Raw string
	// Rate is how many requests a minute it is content with.
	Rate int
}

// Dialects of archives.
const (
	wayback = "wayback" // the Wayback Machine of the Internet Archive
	pywb    = "pywb"    // pywb, as arquivo.pt runs it
)

// stamp is the form of timestamps in addresses and CDX lines.
const stamp = "20060102150405"

// archive is an Archive with what it holds and how it behaves.
type archive struct {
	Archive
	dialect  string
	base     string // "http://web.archive.org/web/"
	prefix   string // "/web/"
	captures []*capture
	excluded []string // SURT prefixes
	index    bool     // the first TimeMap lists the pages and nothing else
	paged    int      // mementos on a page of a TimeMap; 0: all on one
	after    int      // requests until it says 429; 0: never
	retry    time.Duration
	delay    time.Duration
}

// capture is one address as an archive captured it once.
type capture struct {
	page       *page
	header     http.Header // of the original answer
	uri        string      // as it was captured
	key        string      // in SURT
	timestamp  string      // 14 digits
	at         time.Time
	source     string // the WARC file it is in
	digest     string
	bare       bool // the original headers are not known
	unplayable bool // it is in the index, and cannot be read
	revisit    bool // its index line is that of a revisit record
}

// Archives lists the archives of w in the order of their IDs, for the configuration.
func (w *Web) Archives() []Archive {
	var out []Archive
	for _, a := range w.archives {
		out = append(out, a.Archive)
	}
	slices.SortFunc(out, func(a, b Archive) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// newArchive reads the lines of a host that is an archive. It takes them out of d; what remains are headers and
// the directives of all hosts.
func newArchive(d *draft) (*archive, error) {
	l := d.take("@archive")
	args, err := parseArgs(l.value)
	if err != nil {
		return nil, d.fail(l.number, err)
	}
	a := &archive{dialect: args[""], Archive: Archive{ID: args["id"], Name: args["name"], Raw: "id_"}}
	root := cmp.Or(args["scheme"], "http") + "://" + strings.ToLower(d.file.Name)
	switch a.dialect {
	case wayback:
		a.prefix, a.CDX = "/web/", root+"/cdx/search/cdx"
	case pywb:
		a.prefix, a.CDX = "/wayback/", root+"/wayback/cdx"
	default:
		return nil, d.fail(l.number, fmt.Errorf("the dialect %q is not one of wayback and pywb", a.dialect))
	}
	if a.ID == "" {
		return nil, d.fail(l.number, errors.New("an archive has an id"))
	}
	a.base = root + a.prefix
	a.TimeMap, a.TimeGate = a.base+"timemap/link/", a.base
	if a.Rate, err = strconv.Atoi(cmp.Or(args["rate"], "600")); err != nil {
		return nil, d.fail(l.number, err)
	}
	return a, a.manners(d)
}

// manners reads how the archive behaves.
func (a *archive) manners(d *draft) error {
	for l := d.take("@excluded"); l != nil; l = d.take("@excluded") {
		a.excluded = append(a.excluded, surt(l.value))
	}
	if l := d.take("@no-cdx"); l != nil {
		a.CDX = ""
	}
	if l := d.take("@timemap"); l != nil {
		how, size, _ := strings.Cut(l.value, " ")
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 || how != "index" && how != "paged" {
			return d.fail(l.number, errors.New("a TimeMap is cut by @timemap index N or @timemap paged N"))
		}
		a.index, a.paged = how == "index", n
	}
	if l := d.take("@throttle"); l != nil {
		args, err := parseArgs(l.value)
		if err == nil {
			a.after, err = strconv.Atoi(args[""])
		}
		if err == nil {
			a.retry, err = time.ParseDuration(args["retry"])
		}
		if err != nil || a.after < 1 || a.retry <= 0 {
			return d.fail(l.number, errors.New("it is @throttle N retry=DURATION"))
		}
	}
	if l := d.take("@delay"); l != nil {
		var err error
		if a.delay, err = time.ParseDuration(l.value); err != nil {
			return d.fail(l.number, err)
		}
	}
	return nil
}

// newCapture reads what is said of a capture alone, and takes it out of d. It returns nil for a file of the archive's
// own, which is served as on any host.
func (a *archive) newCapture(d *draft) (*capture, error) {
	rest, ok := strings.CutPrefix(d.address.target, a.prefix)
	if !ok {
		return nil, nil
	}
	c := &capture{}
	c.timestamp, c.uri, _ = strings.Cut(rest, "/")
	var err error
	if c.at, err = time.Parse(stamp, c.timestamp); err != nil || !strings.Contains(c.uri, "://") {
		return nil, d.fail(0, fmt.Errorf("a capture is %sYYYYMMDDhhmmss/ADDRESS", a.prefix))
	}
	c.key = surt(c.uri)
	c.bare = d.take("@bare") != nil
	c.unplayable = d.take("@unplayable") != nil
	c.revisit = d.take("@revisit") != nil
	c.source = "crawl-" + c.timestamp[:6] + "/" + c.timestamp[:8] + "-00001.warc.gz"
	if l := d.take("@src"); l != nil {
		c.source = l.value
	}
	return c, nil
}

// add puts a capture in the archive; shared are the headers that all answers of its host carried.
func (a *archive) add(c *capture, p *page, shared http.Header) error {
	c.page, c.header = p, shared.Clone()
	for key, values := range p.header {
		c.header[key] = values
	}
	c.header.Set("Date", c.at.Format(http.TimeFormat))
	if p.chunked {
		c.header.Set("Transfer-Encoding", "chunked")
	} else {
		c.header.Set("Content-Length", strconv.FormatInt(p.body.size, 10))
	}
	sum := sha1.New() //nolint:gosec // the digest of CDX files
	if err := p.body.write(sum); err != nil {
		return err
	}
	c.digest = base32.StdEncoding.EncodeToString(sum.Sum(nil))
	at, _ := slices.BinarySearchFunc(a.captures, c, func(x, y *capture) int {
		return cmp.Or(strings.Compare(x.key, y.key), strings.Compare(x.timestamp, y.timestamp))
	})
	a.captures = slices.Insert(a.captures, at, c)
	return nil
}

// held returns the captures of one address, oldest first, those that cannot be read included.
func (a *archive) held(key string) []*capture {
	var out []*capture
	for _, c := range a.captures {
		if c.key == key {
			out = append(out, c)
		}
	}
	return out
}

// nearest returns the capture of one address that can be read and is nearest to at, or nil. Of two, it is the earlier.
func (a *archive) nearest(key string, at time.Time) *capture {
	var best *capture
	for _, c := range a.held(key) {
		if !c.unplayable && (best == nil || c.at.Sub(at).Abs() < best.at.Sub(at).Abs()) {
			best = c
		}
	}
	return best
}

func (a *archive) isExcluded(key string) bool {
	return slices.ContainsFunc(a.excluded, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}
