package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// shownAPage is how many References of a job a page follows.
	shownAPage = 30
	// watchers is how many may follow jobs at once. Each looks every watchEvery, says that it is there after watchQuiet, and
	// is asked who they are again after watchTime; watchWrite is how long one that does not read is waited for.
	watchers   = 64
	watchEvery = time.Second
	watchQuiet = 15 * time.Second
	watchTime  = 10 * time.Minute
	watchWrite = 10 * time.Second
	// refreshEvery is how often a browser without scripts looks, in seconds.
	refreshEvery = 3
)

// progressPage is how far a Job is, with a page of what became of the References.
type progressPage struct {
	Job Job
	// Document is empty as long as a citing page was not fetched.
	Document
	Key   DocumentKey
	Name  string
	Pager pager
	// Says is how far it is, in a sentence.
	Says string
}

// Over says whether nothing more comes of it.
func (p progressPage) Over() bool { return p.Job.State == JobDone || p.Job.State == JobFailed }

// Refresh is after how many seconds a browser without scripts looks again.
func (p progressPage) Refresh() int { return refreshEvery }

func (s *server) progress(r *http.Request) (answer, error) {
	page, err := s.progressPage(r)
	if err == nil {
		err = page.Pager.check(r)
	}
	return answer{page: "progress", nav: "upload", data: page}, err
}

func (s *server) progressPage(r *http.Request) (page progressPage, err error) {
	if page.Pager, err = pageOf(r, shownAPage); err != nil {
		return page, err
	}
	if len(r.PathValue("id")) > maxName || !storable(r.PathValue("id")) {
		return page, badInput("the job", "no name is like this")
	}
	if page.Job, err = s.API.Job(r.Context(), r.PathValue("id")); err != nil {
		return page, err
	}
	page.Name, page.Says = page.Job.URI, languageOf(r).says(page.Job)
	if page.Job.Document == "" {
		return page, nil
	}
	page.Key = DocumentKey{page.Job.Collection, page.Job.Document}
	if page.Over() {
		s.Pages.Recount(page.Key, page.Job.Finished)
	}
	if page.Document, err = s.Pages.Document(r.Context(), page.Key, page.Pager.part()); err != nil {
		return page, err
	}
	page.Name, page.Pager.Total = page.Document.name(), len(page.Marks)
	return page, nil
}

// Told is what became of c as far as it is certain: what is not found yet is not lost before all was tried.
func (p progressPage) Told(c Cited) ibid.Outcome {
	o := c.Mark().Outcome
	if !p.Over() && slices.Contains([]ibid.Outcome{ibid.OutcomeLost, ibid.OutcomeFailed}, o) {
		return ibid.OutcomePending
	}
	return o
}

// Called is what a person knows c by where it has no number: its title or the words of its link, else its address, else the
// sentence that it stands in.
func (c Cited) Called() string { return cmp.Or(clip(80, c.Title), short(c.URI), clip(80, c.Context)) }

// says is how far j is, in a sentence.
func (l language) says(j Job) string {
	switch {
	case j.State == JobDone:
		return l.say("Done: what could be kept is kept.")
	case j.State == JobFailed:
		return l.say("It could not be done.")
	case j.State == JobWaiting:
		return l.say("It waits for its turn.")
	case j.Total == 0:
		return l.say("It is at work.")
	case j.Stage == ibid.VisitRescue:
		return l.say("Looking in other archives: %d of %d sources", j.Done, j.Total)
	case j.Stage == ibid.VisitPush:
		return l.say("Asking other archives to keep them: %d of %d sources", j.Done, j.Total)
	}
	return l.say("Fetching the sources: %d of %d", j.Done, j.Total)
}

// news is an event of a stream: what changed since the one before.
type news struct {
	Says  string `json:"says"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Over  bool   `json:"over"`
	// Reload says that there is something that the page has no place for: it is loaded again.
	Reload bool      `json:"reload,omitempty"`
	Rows   []newsRow `json:"rows,omitempty"`
}

// newsRow is what became of a Reference.
type newsRow struct {
	ID      string       `json:"id"`
	Outcome ibid.Outcome `json:"outcome"`
	Glyph   string       `json:"glyph"`
	Word    string       `json:"word"`
}

// events tells how far a Job is as server-sent events (HTML Living Standard, 9.2), until it is over, whoever follows is gone or the
// server stops.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	select {
	case s.watched <- struct{}{}:
		defer func() { <-s.watched }()
	default:
		s.fail(w, r, &ibid.Error{Kind: ibid.KindStorage, Op: "tell how it goes on", Err: errors.New("too many are told already; load the page again later")})
		return
	}
	page, err := s.progressPage(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy that gathers an answer before it passes it on would pass on nothing
	st := &stream{w: w, out: http.NewResponseController(w), language: languageOf(r)}
	_ = st.out.SetReadDeadline(time.Time{}) // the request was read
	if !st.tell(page) {
		return
	}
	s.follow(st, r)
}

// follow looks again and again.
func (s *server) follow(st *stream, r *http.Request) {
	tick, end := time.NewTicker(watchEvery), time.NewTimer(watchTime)
	defer tick.Stop()
	defer end.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-stopping(r.Context()):
			return
		case <-end.C:
			return
		case <-tick.C:
		}
		page, err := s.progressPage(r)
		if err != nil {
			return // a browser comes back, and is then told why
		}
		if !st.tell(page) {
			return
		}
	}
}

// stream is a stream of events, and what it told last.
type stream struct {
	w        http.ResponseWriter
	out      *http.ResponseController
	language language
	last     news
	rows     map[string]newsRow
	told     time.Time
	noted    bool
}

// tell sends what is new of page, and says whether more can come.
func (st *stream) tell(page progressPage) bool {
	n := news{Says: page.Says, Done: page.Job.Done, Total: page.Job.Total, Over: page.Over()}
	if st.rows == nil {
		st.rows, st.noted = map[string]newsRow{}, page.Job.Document != ""
	}
	n.Reload = !st.noted && page.Job.Document != "" || page.Job.State == JobFailed
	for i := range page.References {
		o := page.Told(page.References[i])
		row := newsRow{page.References[i].ID, o, glyphs[o], st.language.say(wordOf(o))}
		if st.rows[row.ID] != row {
			st.rows[row.ID] = row
			n.Rows = append(n.Rows, row)
		}
	}
	same := n.Says == st.last.Says && n.Done == st.last.Done && n.Total == st.last.Total && len(n.Rows) == 0 && !n.Over && !n.Reload
	switch {
	case !same:
		body, err := json.Marshal(n)
		if err != nil || !st.send(fmt.Sprintf("event: progress\ndata: %s\n\n", body)) {
			return false
		}
		st.last = n
	case time.Since(st.told) >= watchQuiet:
		return st.send(":\n\n")
	}
	return !n.Over && !n.Reload
}

// send writes one event, to whoever still reads.
func (st *stream) send(text string) bool {
	st.told = time.Now()
	_ = st.out.SetWriteDeadline(st.told.Add(watchWrite)) // some writers know no deadlines
	_, err := st.w.Write([]byte(text))
	return err == nil && st.out.Flush() == nil
}
