package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ibid-archive/ibid"
)

// release is set at link time.
var release = "dev"

// version is the release, or what the build says of where it was built from.
func version() string {
	if release != "dev" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return release
}

type versionCmd struct{}

func (versionCmd) Run(_ context.Context, p *program) error {
	if p.flags.JSON {
		return json.NewEncoder(p.stdout).Encode(map[string]string{
			"version": version(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
		})
	}
	_, err := fmt.Fprintln(p.stdout, versionLine())
	return err
}

func versionLine() string {
	return fmt.Sprintf("ibid %s (%s, %s/%s)", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

type helpCmd struct {
	Command []string `arg:"" optional:"" help:"Command to explain."`
}

func (h helpCmd) Run(_ context.Context, p *program) error {
	at := p.parser.Model.Node
	for _, name := range h.Command {
		i := slices.IndexFunc(at.Children, func(n *kong.Node) bool { return n.Name == name })
		if i < 0 {
			return &ibid.Error{Kind: ibid.KindInput, Op: "explain", URI: strings.Join(h.Command, " "), Err: errors.New("there is no such command (ibid help says what there is)")}
		}
		at = at.Children[i]
	}
	_, _ = p.parser.Parse(append(h.Command, "--help")) // it prints, and goes on to miss what the command needs
	return nil
}
