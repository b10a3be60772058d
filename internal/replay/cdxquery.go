package replay

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/archive/cdx"
)

const (
	// blockRows are the rows of a block, which pageSize counts.
	blockRows = 3000
	// maxLast bounds how many of the last rows may be asked for: they are held in memory.
	maxLast = 10_000
	// maxParts bounds filters, collapses and fields.
	maxParts = 20
)

// The outputs. "json" is the Wayback Machine's array of arrays; pywb's, an object a line, is "ndjson".
const (
	outputText   = "text"
	outputJSON   = "json"
	outputNDJSON = "ndjson"
	outputCDXJ   = "cdxj"
)

// cdxQuery is what the CDX API is asked.
type cdxQuery struct {
	cdx.Query
	filters  []filter
	collapse []collapse
	output   string
	fields   []string
	// limit is how many rows are wanted from the beginning, last from the end; 0: no matter.
	limit, last, offset    int
	page, pageSize         int // page is -1 where none is asked for
	showNumPages, showKey  bool
	closest                time.Time
	sort, matchType, token string
}

// parseCDX reads the parameters of the Wayback Machine's CDX server and of pywb's. Those that are neither's, and those that
// make no difference here (gzip, fastLatest, resolveRevisits), are passed over.
func parseCDX(query string) (*cdxQuery, error) {
	q := &cdxQuery{page: -1, pageSize: 1, output: outputText}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		value, err := url.QueryUnescape(value)
		if err != nil {
			return nil, badRequest("the parameter "+name, "its percent-encoding is broken")
		}
		set, known := cdxParams[name]
		if !known || value == "" {
			continue
		}
		if err := set(q, value); err != nil {
			return nil, err
		}
	}
	return q, q.complete()
}

var cdxParams = map[string]func(q *cdxQuery, value string) error{
	"url":       func(q *cdxQuery, v string) error { q.URI = v; return nil },
	"matchType": func(q *cdxQuery, v string) error { q.matchType = v; return nil },
	"from": func(q *cdxQuery, v string) (err error) {
		q.From, _, err = period(v)
		return err
	},
	"to": func(q *cdxQuery, v string) (err error) {
		_, q.To, err = period(v)
		return err
	},
	"closest": func(q *cdxQuery, v string) (err error) {
		q.closest, err = instantOf(v)
		return err
	},
	"sort":          func(q *cdxQuery, v string) error { q.sort = v; return nil },
	"filter":        (*cdxQuery).addFilter,
	"collapse":      (*cdxQuery).addCollapse,
	"fl":            (*cdxQuery).setFields,
	"fields":        (*cdxQuery).setFields,
	"output":        (*cdxQuery).setOutput,
	"limit":         (*cdxQuery).setLimit,
	"offset":        func(q *cdxQuery, v string) error { return number(&q.offset, "offset", v, 0, 1<<40) },
	"page":          func(q *cdxQuery, v string) error { return number(&q.page, "page", v, 0, 1<<30) },
	"pageSize":      func(q *cdxQuery, v string) error { return number(&q.pageSize, "pageSize", v, 1, 1000) },
	"showNumPages":  func(q *cdxQuery, v string) error { return flag(&q.showNumPages, "showNumPages", v) },
	"showResumeKey": func(q *cdxQuery, v string) error { return flag(&q.showKey, "showResumeKey", v) },
	"resumeKey":     func(q *cdxQuery, v string) error { q.token = v; return nil },
	"collection":    func(q *cdxQuery, v string) error { q.Collections = append(q.Collections, v); return nil },
}

// complete sees to what depends on several parameters.
func (q *cdxQuery) complete() error {
	if err := q.setAddress(); err != nil {
		return err
	}
	if q.fields == nil {
		q.fields = cdxFormats[q.output].fields
	}
	switch q.sort {
	case "", "default":
		q.closest = time.Time{}
	case "reverse":
		q.Reverse, q.closest = true, time.Time{}
	case "closest":
		if q.closest.IsZero() || q.Match != cdx.MatchExact {
			return badRequest("sort=closest", "it needs closest=TIMESTAMP and an exact address")
		}
	default:
		return badRequest("sort="+q.sort, "sort is reverse or closest")
	}
	if q.token == "" {
		return nil
	}
	p, ok := parseResume(q.token)
	if !ok || !q.closest.IsZero() {
		return badRequest("the resumeKey", "it is not one that this query gave")
	}
	q.After = &p
	return nil
}

// setAddress reads url with its wildcards: "*.host" is a domain, "prefix*" a prefix.
func (q *cdxQuery) setAddress() error {
	raw := q.URI
	switch {
	case raw == "":
		return badRequest("the query", "the parameter url is missing")
	case q.matchType != "":
		q.Match = cdx.Match(q.matchType)
	case strings.HasPrefix(raw, "*."):
		q.Match, raw = cdx.MatchDomain, raw[2:]
	case strings.HasSuffix(raw, "*"):
		q.Match, raw = cdx.MatchPrefix, raw[:len(raw)-1]
	default:
		q.Match = cdx.MatchExact
	}
	folder := strings.HasSuffix(raw, "/")
	uri, err := original(raw)
	if err != nil {
		return err
	}
	if q.URI = uri; folder && !strings.HasSuffix(uri, "/") {
		q.URI += "/"
	}
	switch q.Match {
	case cdx.MatchExact, cdx.MatchPrefix, cdx.MatchHost, cdx.MatchDomain:
		_, _, err = q.Keys()
		return err
	}
	return badRequest("matchType="+q.matchType, "matchType is exact, prefix, host or domain")
}

func (q *cdxQuery) setOutput(v string) error {
	if v = strings.ToLower(v); v == "csv" || cdxFormats[v].writer == nil {
		return badRequest("output="+v, "output is text, json, ndjson or cdxj")
	}
	q.output = v
	return nil
}

func (q *cdxQuery) setLimit(v string) error {
	var n int
	if err := number(&n, "limit", v, -maxLast, 1<<40); err != nil {
		return err
	}
	if n == 0 {
		return badRequest("limit=0", "limit is the number of rows from the beginning or, below 0, from the end")
	}
	q.limit, q.last = max(n, 0), max(-n, 0)
	return nil
}

func (q *cdxQuery) setFields(v string) error {
	q.fields = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	if len(q.fields) > maxParts {
		return badRequest("fl", "there are too many fields")
	}
	for _, name := range q.fields {
		if cdxFields[name] == nil {
			return badRequest("the field "+strconv.Quote(clipped(name)), "the fields are "+fieldNames())
		}
	}
	return nil
}

func number(n *int, name, v string, low, high int) error {
	got, err := strconv.Atoi(v)
	if err != nil || got < low || got > high {
		return badRequest(name+"="+v, fmt.Sprintf("it is a number from %d to %d", low, high))
	}
	*n = got
	return nil
}

func flag(b *bool, name, v string) error {
	got, err := strconv.ParseBool(v)
	if err != nil {
		return badRequest(name+"="+v, "it is true or false")
	}
	*b = got
	return nil
}

// resume is the key with which to go on behind p; empty when none is wanted.
func (q *cdxQuery) resume(p cdx.Position) string {
	if !q.showKey || !q.closest.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{p.Key, strconv.FormatInt(p.Time.UnixMicro(), 10), p.Collection, p.RecordID}, "\x00")))
}

func parseResume(token string) (p cdx.Position, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	parts := strings.Split(string(b), "\x00")
	if err != nil || len(parts) != 4 || strings.ToValidUTF8(string(b), "") != string(b) {
		return p, false
	}
	micro, err := strconv.ParseInt(parts[1], 10, 64)
	return cdx.Position{Key: parts[0], Time: time.UnixMicro(micro).UTC(), Collection: parts[2], RecordID: parts[3]}, err == nil
}

func reverse(all []cdx.Entry) { slices.Reverse(all) }
