package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// What is printed fits the narrow width, which is that of what is no terminal too, and needs no more than the broad one.
const narrow, broad = 80, 120

// columns is how wide what is written to w may be.
func columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return narrow
	}
	n, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return narrow
	}
	return min(max(n, narrow), broad)
}
