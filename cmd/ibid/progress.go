package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

// watch shows how a run goes on: in lines that are redrawn on a terminal, in a line now and then where stderr is none. stop
// ends it.
func (p *program) watch(name string, acks bool) (w pipeline.Watch, stop func()) {
	if acks {
		w.Captured = p.acknowledge
	}
	if !strings.Contains(name, "://") {
		name = filepath.Base(name)
	}
	name = report.Clip(report.Plain(name), 60)
	if p.flags.Quiet || !onTerminal(p.stderr) {
		w.Progress = p.plainly(name)
		return w, func() {}
	}
	b := &bars{p: p, name: report.Clip(name, headName), of: map[ibid.VisitKind]*mpb.Bar{}}
	w.Read, w.Progress = b.read, b.update
	return w, b.stop
}

// acknowledge says that a capture is durable, at the moment at which it is. robots.txt files are kept, but
// nobody waits for them.
func (p *program) acknowledge(c ibid.Capture) {
	if c.Role != ibid.RoleRobots {
		fmt.Fprintf(p.stdout, "ACK %s %s\n", c.URI, c.Digest.Hex())
	}
}

// lineEvery is how often it is told how far a run has come where nothing can be redrawn.
const lineEvery = 10 * time.Second

// plainly tells, once each, that a run goes on where an earlier one was stopped, and that it takes the pace of others; and, of
// one that takes long, how far it has come.
func (p *program) plainly(name string) func(pipeline.Progress) {
	var resumed, rescue sync.Once
	told := time.Now()
	return func(now pipeline.Progress) {
		if now.Resumed {
			resumed.Do(func() { p.noticeResumed(now) })
		}
		if now.Stage == ibid.VisitRescue && now.Total-now.Done > slowFrom {
			rescue.Do(func() {
				p.notice("looking for %d sources in other archives, which say how often they may be asked: it can be stopped, and goes on", now.Total-now.Done)
			})
		}
		if time.Since(told) >= lineEvery {
			told = time.Now()
			p.notice("%s", strings.TrimSpace(fmt.Sprintf("%s  %s  %d/%d  %s  %s", stageWords(now.Stage), name, now.Done, now.Total, sizeWords(now.Bytes), hostWords(now.Hosts))))
		}
	}
}

func (p *program) noticeResumed(now pipeline.Progress) {
	p.notice("going on where the last run was stopped: %d of %d are done", now.Done, now.Total)
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

// bars is the progress of one run on a terminal: a line for the run, and one for each stage.
type bars struct {
	p    *program
	name string
	pool *mpb.Progress
	head *mpb.Bar
	of   map[ibid.VisitKind]*mpb.Bar

	mu    sync.Mutex
	cited string
	stage ibid.VisitKind // that is under way
	size  string
	hosts string
}

// read notes what the document cites, which is known before anything of it is asked for, or when it came from the web itself.
func (b *bars) read(refs []ibid.Reference) {
	b.mu.Lock()
	b.cited = citedWords(refs)
	b.mu.Unlock()
}

// headline is the line of the run, before the time.
func (b *bars) headline() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(nonEmpty(b.name, b.cited), "   ") + "  "
}

func (b *bars) update(now pipeline.Progress) {
	b.mu.Lock()
	b.stage, b.size, b.hosts = now.Stage, "  "+sizeWords(now.Bytes), hostWords(now.Hosts)
	b.mu.Unlock()
	if b.pool == nil {
		if now.Resumed {
			b.p.noticeResumed(now)
		}
		b.pool = mpb.New(mpb.WithOutput(b.p.stderr))
		b.head = b.pool.New(0, mpb.NopStyle(), mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.headline() }), decor.Elapsed(decor.ET_STYLE_MMSS)))
	}
	bar := b.of[now.Stage]
	if bar == nil {
		bar = b.add(now.Stage)
		b.of[now.Stage] = bar
	}
	bar.SetTotal(int64(now.Total), false) // a stage can come again, with more to do
	bar.SetCurrent(int64(now.Done))
}

// headName is how much of a name stands on the line of the run, with what is cited and the time.
const headName = 36

// barWidth is how many columns a bar has.
const barWidth = 20

func (b *bars) add(stage ibid.VisitKind) *mpb.Bar {
	return b.pool.New(0, mpb.BarStyle().Lbound("").Filler("█").Tip("█").Padding("░").Rbound(""), mpb.BarWidth(barWidth),
		mpb.PrependDecorators(decor.Name(fmt.Sprintf("  %-9s  ", stageWords(stage)))),
		mpb.AppendDecorators(decor.CountersNoUnit("  %d/%d"), decor.Any(func(s decor.Statistics) string { return b.now(stage, s.AvailableWidth) })))
}

// now is what stands behind the bar of the stage that is under way: how much came, and who is being asked, as far as there is room.
func (b *bars) now(stage ibid.VisitKind, width int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if stage != b.stage {
		return ""
	}
	if room := width - barWidth - len(b.size) - 4; room > 1 && b.hosts != "" {
		return b.size + "  " + report.Clip(b.hosts, room)
	}
	return b.size
}

func hostWords(hosts []string) string {
	slices.Sort(hosts)
	if len(hosts) > 2 {
		return strings.Join(hosts[:2], ", ") + fmt.Sprintf(" and %d more", len(hosts)-2)
	}
	return strings.Join(hosts, ", ")
}

// stop takes the lines away: what came of the run is printed in their place.
func (b *bars) stop() {
	if b.pool == nil {
		return
	}
	for _, bar := range b.of {
		bar.Abort(true)
	}
	b.head.Abort(true)
	b.pool.Wait()
}
