package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
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
	_, err := fmt.Fprintf(p.stdout, "ibid %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

type helpCmd struct {
	Command []string `arg:"" optional:"" help:"Command to explain."`
}

func (h helpCmd) Run(_ context.Context, p *program) error {
	trace, err := p.parser.Parse(append(h.Command, "--help"))
	if trace != nil && err == nil {
		return nil
	}
	return nil // --help has printed, or said on stderr what it did not know
}
