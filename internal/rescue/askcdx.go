package rescue

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

// pageSize is how many rows a CDX server is asked for at a time.
const pageSize = 5000

func (x *indexer) askCDX(ctx context.Context) error {
	query := url.Values{"url": {x.h.URI}, "output": {"json"}, "limit": {strconv.Itoa(pageSize)}, "showResumeKey": {"true"}}
	if x.h.prefix != "" {
		query.Set("url", x.h.prefix)
		query.Set("matchType", "prefix")
	}
	seen := map[string]bool{}
	for n := 1; ; n++ {
		rows := x.entries
		end, last, err := x.cdxPage(ctx, x.l.archive.CDX+"?"+query.Encode())
		x.bad += end.bad
		switch {
		case err != nil:
			return err
		case end.resume == "" || x.entries == rows:
			return nil
		case x.h.prefix == "" && last.After(x.l.shelf.target):
			// Rows come in the order of their dates: what is after the date has been met.
			x.l.cut = "later ones were not asked for"
			return nil
		case seen[end.resume]:
			return &trouble{text: "sends its list in a circle"}
		case n >= x.r.o.MaxPages || x.entries >= x.r.o.MaxEntries:
			x.l.cut = fmt.Sprintf("only the first %d rows were read", x.entries)
			return nil
		}
		seen[end.resume] = true
		query.Set("resumeKey", end.resume)
		if n == 1 && x.h.prefix == "" {
			x.skipTo(query, last)
		}
	}
}

// skipTo leaves out most of what lies between the first page of a long list and the date.
func (x *indexer) skipTo(query url.Values, last time.Time) {
	from := x.l.shelf.target.AddDate(-1, 0, 0)
	if from.After(last) {
		query.Del("resumeKey")
		query.Set("from", ibid.Timestamp14(from))
	}
}

// cdxPage reads one page of rows; last is the date of the last of them.
func (x *indexer) cdxPage(ctx context.Context, uri string) (end cdxEnd, last time.Time, err error) {
	resp, ctx, err := x.list(ctx, uri, time.Time{})
	if err != nil {
		return end, last, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to where it was wanted
	from, err := decoded(resp)
	if err == nil {
		end, err = readCDX(&capped{from, x.r.o.MaxList}, func(c row) error {
			last = c.at
			return x.row(c)
		})
	}
	if err != nil {
		err = x.r.noted(ctx, x.l.archive, troubleOf(ctx, err))
	}
	return end, last, err
}
