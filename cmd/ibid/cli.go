package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/pipeline"
	"github.com/ibid-archive/ibid/internal/report"
	"github.com/ibid-archive/ibid/internal/server"
)

// globals are the flags of every command. What is given here beats the environment and the file.
type globals struct {
	Config     string `help:"Configuration file (else ./ibid.yaml, else built-in defaults)." placeholder:"FILE" type:"path"`
	Collection string `help:"Collection to work in (else \"default\")." default:"default" placeholder:"NAME"`
	Store      string `help:"Where the archive is: a directory, or s3://BUCKET/PREFIX." placeholder:"URL"`
	Catalog    string `help:"Where the index is: sqlite:PATH, or postgres://USER@HOST/DATABASE." placeholder:"URL"`
	JSON       bool   `help:"Results as JSON Lines."`
	Quiet      bool   `help:"No progress and no notices."`
	LogFormat  string `help:"Form of the log on stderr: text or json." enum:"text,json" default:"text"`
	LogLevel   string `help:"What is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"warn"`

	ShowVersion kong.VersionFlag `name:"version" help:"Which Ibid this is."`
}

// commands is the command line: one field a command.
type commands struct {
	globals

	Archive    archiveCmd    `cmd:"" help:"Read documents, capture every source that they cite, say what became of each."`
	Extract    extractCmd    `cmd:"" help:"List the references of documents. No network, no store."`
	Lookup     lookupCmd     `cmd:"" help:"List what is held of an address."`
	Get        getCmd        `cmd:"" help:"Write what is held of an address to a file or stdout."`
	Check      checkCmd      `cmd:"" help:"Ask the live web how the sources fare. Captures nothing."`
	Report     reportCmd     `cmd:"" help:"The state of every reference of the documents."`
	Cite       citeCmd       `cmd:"" help:"Citations of the sources of a document, or of one source, that go on working."`
	Robustify  robustifyCmd  `cmd:"" help:"A copy of a document whose links carry their archived versions."`
	Verify     verifyCmd     `cmd:"" help:"Re-read and re-hash the whole store, or one WACZ package."`
	Copy       copyCmd       `cmd:"" help:"Copy to the further stores of the configuration what they lack."`
	Export     exportCmd     `cmd:"" help:"Write what is held of a document, a collection or an address to a WACZ package, or to WARC, CDXJ and CSV."`
	Import     importCmd     `cmd:"" help:"Take in what WACZ packages and WARC files hold, validated."`
	Key        keyCmd        `cmd:"" help:"The key that signs exports: init, show, rotate."`
	Reindex    reindexCmd    `cmd:"" help:"Rebuild the catalogue from the store alone."`
	Migrate    migrateCmd    `cmd:"" help:"Move the catalogue from SQLite to PostgreSQL, with unfinished runs and schedules."`
	Serve      serveCmd      `cmd:"" help:"Look at sources when they are due, work, and answer operators, until stopped."`
	Schedule   scheduleCmd   `cmd:"" help:"What is due when: list, run, pause, resume."`
	Access     accessCmd     `cmd:"" help:"Who may have what: list, set, clear."`
	Destroy    destroyCmd    `cmd:"" help:"Destroy what is held of an address, or a citing document, and leave a tombstone."`
	Token      tokenCmd      `cmd:"" help:"Who may do what over HTTP: list, create, revoke."`
	Worker     workerCmd     `cmd:"" help:"Work what others have begun, until stopped: for more machines on one PostgreSQL catalogue."`
	Demo       demoCmd       `cmd:"" help:"The main job on a bundled document and a bundled web. Needs no network."`
	Version    versionCmd    `cmd:"" help:"Which Ibid this is."`
	Help       helpCmd       `cmd:"" help:"Help on Ibid or on one command."`
	Completion completionCmd `cmd:"" help:"Completion script for a shell."`
}

// program is one run of the command, with all that it touches of the world.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
	now            func() time.Time // the clock on the wall; nil is time.Now
	lease          time.Duration    // of Jobs; 0 is the queue's own
	patience       time.Duration    // with a full spool; 0 is the spool's own
	replan         pipeline.Replan
	told           func()

	flags  *globals
	parser *kong.Kong
	log    *slog.Logger
}

// errIncomplete is the end of a command that did its work but could not keep something; what, it has printed.
var errIncomplete = errors.New("something could not be kept")

// errDamaged is the end of a command that found damaged bytes; which, it has printed.
var errDamaged = errors.New("damage was found")

const welcome = `Ibid reads a document, keeps every source that it cites, and goes on keeping it.

  ibid demo                   see it work: no network, no configuration
  ibid archive report.pdf     keep every source that the report cites
  ibid lookup URL             what is held of an address, dead or alive

Next: ibid demo        All commands: ibid help
`

// run parses the arguments, runs the command and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stdout, welcome)
		return ibid.ExitOK
	}
	if p.now == nil {
		p.now = time.Now
	}
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("ibid"), kong.Writers(p.stdout, p.stderr),
		kong.Description("Ibid reads a document, keeps every source that it cites, and goes on keeping it."),
		kong.Exit(func(code int) { exit = code }), kong.UsageOnError(), kong.Vars{"version": versionLine()},
		kong.KindMapper(reflect.String, kong.MapperFunc(verbatim)), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return p.fail(err)
	}
	p.parser, p.flags = parser, &c.globals
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit // --help or --version has printed
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "ibid: %v (ibid help says what there is)\n", err)
		return ibid.ExitUsage
	}
	if err := configs.CollectionName(c.Collection); err != nil {
		return p.fail(&ibid.Error{Kind: ibid.KindInput, Op: "use --collection", URI: c.Collection, Err: err})
	}
	p.log = p.logger()
	parsed.BindTo(ctx, (*context.Context)(nil))
	return p.fail(parsed.Run(p))
}

// fail prints what went wrong as one sentence and returns the exit code for it.
func (p *program) fail(err error) int {
	switch {
	case err == nil:
		return ibid.ExitOK
	case errors.Is(err, errIncomplete):
		return ibid.ExitIncomplete
	case errors.Is(err, errDamaged):
		return ibid.ExitFixity
	}
	var before told
	if !errors.As(err, &before) {
		fmt.Fprintf(p.stderr, "ibid: %s\n", report.Plain(err.Error()))
	}
	return ibid.KindOf(err).ExitCode()
}

func (p *program) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(p.flags.LogLevel)); err != nil {
		level = slog.LevelWarn
	}
	o := &slog.HandlerOptions{Level: level}
	if p.flags.LogFormat == "json" {
		return slog.New(server.LogHandler(slog.NewJSONHandler(p.stderr, o)))
	}
	return slog.New(server.LogHandler(slog.NewTextHandler(p.stderr, o)))
}

// config is the configuration with the flags over it.
func (p *program) config() (configs.Config, error) {
	c, err := configs.Load(p.flags.Config, p.environ)
	if err != nil {
		return c, err
	}
	if p.flags.Store != "" {
		c.Store = p.flags.Store
	}
	if p.flags.Catalog != "" {
		c.Catalog = p.flags.Catalog
	}
	return c, c.Validate()
}

// onTerminal says whether w is a terminal that a person looks at.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}

// verbatim takes a word of the command line as it is: names of files need not be UTF-8, which kong makes of all text.
func verbatim(c *kong.DecodeContext, target reflect.Value) error {
	word, err := c.Scan.PopValue("string")
	if err == nil {
		target.SetString(word.String())
	}
	return err
}
