package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/ibid-archive/ibid"
)

// File is read when no other file is named, if it is there.
const File = "ibid.yaml"

// maxFile bounds a configuration file, in bytes. An honest one has a few thousand.
const maxFile = 1 << 20

// Load returns the configuration: the defaults, over them file, over that the variables of environ
// ("KEY=value", as from os.Environ). An empty file is ./ibid.yaml, which need not exist; a file that is
// named must. What is wrong is an *[ibid.Error] of [ibid.KindInput] that says where.
//
// A variable counts when it is set, even to nothing. Variables that begin with IBID_ and are no key are
// left alone: whatever runs the program may set some of its own.
func Load(file string, environ []string) (Config, error) {
	c := Default()
	l := newLoader(&c)
	name, text, err := read(file)
	if err != nil {
		return Config{}, err
	}
	if err := l.file(name, text); err != nil {
		return Config{}, err
	}
	if err := l.environ(environ); err != nil {
		return Config{}, err
	}
	if p := c.problem(); p != nil {
		return Config{}, wrong(l.whereSet(p.key), p)
	}
	return c, nil
}

func read(file string) (name string, text []byte, err error) {
	name = file
	if name == "" {
		name = File
	}
	f, err := os.Open(name) //nolint:gosec // the operator names the file; reading it is what was asked
	if errors.Is(err, fs.ErrNotExist) && file == "" {
		return name, nil, nil
	}
	if err != nil {
		return name, nil, wrong(name, plain(err))
	}
	defer f.Close() //nolint:errcheck // only read from
	text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return name, nil, wrong(name, plain(err))
	}
	if len(text) > maxFile {
		return name, nil, wrong(name, fmt.Errorf("it is larger than %v, so it is no configuration", Size(maxFile)))
	}
	return name, text, nil
}

// plain drops the path and the system call from err, which the sentence around it names already.
func plain(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// loader puts values into a Config and remembers where each came from.
type loader struct {
	keys []key
	from map[string]string
	// lines holds the line of each key of the file, to find those that are set twice.
	lines map[string]int
}

func newLoader(c *Config) *loader {
	return &loader{keys: keys(c), from: map[string]string{}, lines: map[string]int{}}
}

// whereSet says where the value of the key was set: "ibid.yaml:12" or "IBID_STORE". Of an item's key that was not
// set, it is where the item stands.
func (l *loader) whereSet(name string) string {
	for {
		if at, ok := l.from[name]; ok {
			return at
		}
		end := strings.LastIndexAny(name, ".[")
		if end < 0 || !strings.Contains(name, "[") {
			return "default.yaml"
		}
		name = name[:end]
	}
}

func (l *loader) environ(environ []string) error {
	set := make(map[string]string, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			set[name] = value
		}
	}
	for _, k := range l.keys {
		value, ok := set[k.env()]
		if !ok || k.section {
			continue
		}
		if err := l.variable(k, value); err != nil {
			return err
		}
		l.from[k.name] = k.env()
	}
	return nil
}

func (l *loader) variable(k key, value string) error {
	if holdsItems(k.value) {
		return l.itemsText(k.env(), k, value)
	}
	if err := setText(k.value, value); err != nil {
		return wrong(k.env(), err)
	}
	return nil
}

// wrong is the error for what stands at a place: a file, a line of it, or a variable.
func wrong(at string, err error) error {
	return &ibid.Error{Kind: ibid.KindInput, Op: "use the configuration", URI: at, Err: err}
}
