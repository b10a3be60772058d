package pipeline

import (
	"context"
	"io"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/crawler"
	"github.com/ibid-archive/ibid/internal/linkhealth"
	"github.com/ibid-archive/ibid/internal/metadata"
	"github.com/ibid-archive/ibid/internal/rescue"
)

// JudgeFound says what in an answer of another archive speaks against its being the source, and what the page says of
// itself: by the same signs as of what the live web sends.
func JudgeFound(read *crawler.Crawler, now func() time.Time) func(context.Context, *rescue.Answer) rescue.Judgement {
	return func(_ context.Context, a *rescue.Answer) rescue.Judgement {
		page := &linkhealth.Page{
			URI: a.URI, Status: a.Status, Header: a.Header, MediaType: a.MediaType, Size: a.Size, Whole: !a.Truncated,
		}
		var j rescue.Judgement
		if text, err := a.Text(); err == nil && (crawler.IsPage(a.MediaType) || a.Size <= maxNotice) {
			if page.Body, err = io.ReadAll(text); err != nil {
				page.Body = nil
			}
		}
		if crawler.IsPage(a.MediaType) && page.Body != nil {
			page.Doc = read.ReadKept(page.Body, a.Header.Get("Content-Type"), a.URI).Doc
			if page.Doc != nil {
				said := metadata.FromHTML(page.Doc, a.URI, a.Header, now())
				j.Title, j.Language = said.Title, said.Language
				j.Text = page.Doc.Find("body").Text()
			}
		}
		page.Body = page.Body[:min(len(page.Body), maxNotice)]
		h, evidence := linkhealth.Read(page).Says()
		if h == "" || h == ibid.HealthLive {
			return j
		}
		for _, e := range evidence {
			if e.For == h {
				j.Bad = append(j.Bad, string(h)+": "+e.Text)
			}
		}
		if len(j.Bad) == 0 {
			j.Bad = []string{string(h)}
		}
		return j
	}
}
