// Command ibid reads documents, keeps every source that they cite, and finds it again.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // time zones for machines that have no files of them

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

// stopWithin is how long a program that was interrupted may take for its end. What it does then is left as a crash would leave it, which
// loses nothing: a document may be a pipe into which nobody writes, or take minutes to be read.
const stopWithin = 9 * time.Second

func main() {
	pdf.ServeIfWorker()
	ctx := interruptible(os.Exit)
	p := program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// interruptible returns a context that the first signal ends. The second ends the program at once.
func interruptible(exit func(code int)) context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	endAfter(ctx, exit)
	return ctx
}

// endAfter has exit called when ctx has been over for as long as an end may take.
func endAfter(ctx context.Context, exit func(code int)) {
	context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, func() { exit(ibid.ExitIncomplete) }) })
}
