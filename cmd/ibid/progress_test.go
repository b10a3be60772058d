package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

// TestProgressWithoutTerminal: a short run says nothing, a long one a line now and then.
func TestProgressWithoutTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var errs strings.Builder
		p := program{stderr: &errs, flags: &globals{}}
		w, stop := p.watch("/home/a/thesis\x1b.pdf", false)
		defer stop()
		for done := range 26 {
			w.Progress(pipeline.Progress{Stage: ibid.VisitCapture, Done: done, Total: 26, Bytes: 2048, Hosts: []string{"b.example", "a.example", "c.example"}})
			<-time.After(time.Second)
		}
		want := "capturing  thesis�.pdf  10/26  2.0 KiB  a.example, b.example and 1 more\n" +
			"capturing  thesis�.pdf  20/26  2.0 KiB  a.example, b.example and 1 more\n"
		if errs.String() != want {
			t.Errorf("%q\nwant\n%q", errs.String(), want)
		}
		p.flags.Quiet = true
		w, _ = p.watch("thesis.pdf", false)
		<-time.After(time.Minute)
		w.Progress(pipeline.Progress{Total: 1, Resumed: true})
		if errs.String() != want {
			t.Errorf("--quiet: %q", errs.String())
		}
	})
}

func TestHeadlineOfARun(t *testing.T) {
	b := &bars{name: "rcp-2009.md"}
	if got := b.headline(); got != "rcp-2009.md  " {
		t.Errorf("before it is read: %q", got)
	}
	b.read([]ibid.Reference{{}, {Works: make([]ibid.Work, 1)}, {Works: make([]ibid.Work, 2)}})
	if got := b.headline(); got != "rcp-2009.md   3 references, 3 named papers  " {
		t.Errorf("%q", got)
	}
}
