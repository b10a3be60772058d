package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
)

type archiveCmd struct {
	Inputs []string `arg:"" optional:"" name:"document" help:"Documents, folders of them, or addresses of citing pages; with --seed, addresses of sources to keep."`
	Seed   bool     `help:"The addresses are sources to keep, not citing pages."`
	Seeds  string   `help:"File of sources to keep, one address a line; - is stdin." placeholder:"FILE"`
	Acks   bool     `help:"Print ACK <uri> <sha256> the moment a capture is durable."`
}

func (a *archiveCmd) Run(ctx context.Context, p *program) (err error) {
	ctx = blob.Patient(ctx)
	docs, sources, err := a.inputs(p.stdin)
	if err != nil {
		return err
	}
	h, done, err := p.opened(ctx, toWork)
	if err != nil {
		return err
	}
	defer done(&err)
	line, err := p.pipeline(ctx, h)
	if err != nil {
		return err
	}
	end := p.copying(ctx, h)
	err = line.During(ctx, func(ctx context.Context) error {
		return p.archive(ctx, line, archiveJob{docs: docs, sources: sources, acks: a.Acks, to: p.sheet(h.config, h.config.Store)})
	})
	if err == nil || errors.Is(err, errIncomplete) {
		err = worse(err, h.settle(ctx))
	}
	if ctx.Err() == nil {
		p.logNow(ctx, h)
	}
	end(ctx)
	return err
}

// inputs tells documents from sources.
func (a *archiveCmd) inputs(stdin io.Reader) (docs []pipeline.Input, sources []string, err error) {
	for _, in := range a.Inputs {
		switch {
		case a.Seed:
			sources = append(sources, in)
		default:
			found, err := pipeline.Expand(pipeline.Input(in), maxDocument)
			if err != nil {
				return nil, nil, err
			}
			docs = append(docs, found...)
		}
	}
	if a.Seeds != "" {
		listed, err := readSeeds(a.Seeds, stdin)
		if err != nil {
			return nil, nil, err
		}
		sources = append(sources, listed...)
	}
	if len(docs)+len(sources) == 0 {
		return nil, nil, &ibid.Error{
			Kind: ibid.KindInput, Op: "archive",
			Err: errors.New("no document and no address is named: ibid archive report.pdf, or ibid archive --seed URL"),
		}
	}
	return docs, sources, nil
}

// readSeeds reads a list of addresses, from stdin when its name is "-"; empty lines and lines that begin with # count for nothing.
func readSeeds(name string, stdin io.Reader) ([]string, error) {
	bad := func(err error) error {
		return &ibid.Error{Kind: ibid.KindInput, Op: "read the list", URI: name, Err: err}
	}
	from := stdin
	if name != "-" {
		f, err := os.Open(name) //nolint:gosec // the user names the file
		if errors.Is(err, os.ErrNotExist) {
			err = errors.New("there is no such file")
		}
		if err != nil {
			return nil, bad(err)
		}
		defer f.Close() //nolint:errcheck // only read from
		from = f
	}
	var uris []string
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if s := strings.TrimSpace(lines.Text()); s != "" && !strings.HasPrefix(s, "#") {
			uris = append(uris, s)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, bad(err)
	}
	if len(uris) == 0 {
		return nil, bad(errors.New("it lists no address"))
	}
	return uris, nil
}

// archiveJob is what one command line asks to be kept.
type archiveJob struct {
	docs    []pipeline.Input
	sources []string
	acks    bool
	to      sheet
}

// archive keeps everything, one document after the other: what cannot be read costs the others nothing.
func (p *program) archive(ctx context.Context, line *pipeline.Pipeline, a archiveJob) error {
	var worst error
	note := func(err error) { worst = worse(worst, err) }
	for _, in := range a.docs {
		watch, stop := p.watch(string(in), a.acks)
		r, err := line.Document(ctx, p.flags.Collection, in, watch)
		stop()
		if err != nil {
			note(p.complain(err))
			if ctx.Err() != nil {
				return worst
			}
			continue
		}
		note(p.printDocument(*r, a.to))
	}
	if len(a.sources) == 0 {
		return worst
	}
	watch, stop := p.watch(fmt.Sprintf("%d sources", len(a.sources)), a.acks)
	reports, err := line.Sources(ctx, p.flags.Collection, a.sources, watch)
	stop()
	if err != nil {
		return worse(worst, err)
	}
	note(p.printSources(reports, a.to))
	return worst
}

// complain prints an error that must not end the run, and remembers it as one already told.
func (p *program) complain(err error) error {
	fmt.Fprintf(p.stderr, "ibid: %s\n", report.Plain(err.Error()))
	return told{err}
}

// told is an error that the user has read already.
type told struct{ error }

func (t told) Unwrap() error { return t.error }

// worse returns the error that matters more to the exit code: what Ibid could not do, over what was given
// wrong, over what could not be kept.
func worse(a, b error) error {
	rank := func(err error) int {
		switch {
		case err == nil:
			return 0
		case errors.Is(err, errIncomplete):
			return 1
		case ibid.KindOf(err).ExitCode() == ibid.ExitUsage:
			return 2
		default:
			return 3
		}
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
