package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// watch shows how a run goes on: a bar on a terminal, nothing else where stderr is not one. stop ends it.
func (p *program) watch(name string, acks bool) (w pipeline.Watch, stop func()) {
	if acks {
		w.Captured = p.acknowledge
	}
	if p.flags.Quiet || !onTerminal(p.stderr) {
		w.Progress = p.stageNotice()
		return w, func() {}
	}
	b := &bar{p: p, name: name}
	w.Progress = b.update
	return w, b.stop
}

// acknowledge says that a capture is durable, at the moment at which it is. robots.txt files are kept, but
// nobody waits for them.
func (p *program) acknowledge(c ibid.Capture) {
	if c.Role != ibid.RoleRobots {
		fmt.Fprintf(p.stdout, "ACK %s %s\n", c.URI, c.Digest.Hex())
	}
}

// stageNotice tells, once each, that a run goes on where an earlier one was stopped, and that it takes the pace of others.
func (p *program) stageNotice() func(pipeline.Progress) {
	var resumed, rescue sync.Once
	return func(now pipeline.Progress) {
		if now.Resumed {
			resumed.Do(func() { p.notice("going on where the last run was stopped: %d of %d are done", now.Done, now.Total) })
		}
		if now.Stage == ibid.VisitRescue && now.Total-now.Done > slowFrom {
			rescue.Do(func() {
				p.notice("looking for %d sources in other archives, which say how often they may be asked: it can be stopped, and goes on", now.Total-now.Done)
			})
		}
	}
}

// slowFrom is how many sources to look for are worth a word.
const slowFrom = 10

// stageWords is what is done with the sources, as the bar says it.
func stageWords(k ibid.VisitKind) string {
	switch k {
	case ibid.VisitRescue:
		return "rescuing"
	case ibid.VisitCheck:
		return "checking"
	case ibid.VisitPush:
		return "pushing"
	default:
		return "capturing"
	}
}

// bar is the progress of one run on a terminal.
type bar struct {
	p     *program
	name  string
	pool  *mpb.Progress
	bar   *mpb.Bar
	mu    sync.Mutex
	bytes int64
	hosts string
	stage ibid.VisitKind // of bar
}

func (b *bar) update(now pipeline.Progress) {
	b.mu.Lock()
	b.bytes = now.Bytes
	b.hosts = hostWords(now.Hosts)
	b.mu.Unlock()
	if b.pool == nil {
		b.pool = mpb.New(mpb.WithOutput(b.p.stderr), mpb.WithWidth(64))
	}
	if b.bar == nil || now.Total > 0 && b.bar.Completed() || b.stage != now.Stage {
		if b.stage = now.Stage; b.bar != nil && !b.bar.Completed() {
			b.bar.Abort(false)
		}
		b.bar = b.pool.AddBar(int64(now.Total),
			mpb.PrependDecorators(decor.Name(fmt.Sprintf("%-9s  %s  ", stageWords(now.Stage), report.Clip(report.Plain(b.name), 24))), decor.CountersNoUnit("%d/%d")),
			mpb.AppendDecorators(decor.Any(b.now), decor.OnComplete(decor.AverageETA(decor.ET_STYLE_MMSS), "done")))
	}
	b.bar.SetCurrent(int64(now.Done))
}

// beside is how many columns are left to the bar itself and to the time that stands behind it.
const beside = 43

// now is what stands behind the bar: how much came, and who is being asked, as far as there is room.
func (b *bar) now(s decor.Statistics) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := sizeWords(b.bytes)
	if room := s.AvailableWidth - beside - len(size); room > 1 {
		return fmt.Sprintf(" %s  %s ", size, report.Clip(b.hosts, room))
	}
	return " " + size + " "
}

func hostWords(hosts []string) string {
	slices.Sort(hosts)
	if len(hosts) > 2 {
		return strings.Join(hosts[:2], ", ") + fmt.Sprintf(" and %d more", len(hosts)-2)
	}
	return strings.Join(hosts, ", ")
}

func (b *bar) stop() {
	if b.pool == nil {
		return
	}
	if !b.bar.Completed() {
		b.bar.Abort(false)
	}
	b.pool.Wait()
}
