package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid"
)

// TestAnInterruptedProgramEnds holds that a program ends within 10 s of a signal, whatever it waits for, and not before it had
// the time to end by itself.
func TestAnInterruptedProgramEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		began, ended := time.Now(), make(chan int, 1)
		endAfter(ctx, func(code int) { ended <- code })
		time.Sleep(time.Hour) //nolint:forbidigo // in a synctest bubble: no time passes
		interrupt()
		code := <-ended
		if took := time.Since(began) - time.Hour; took < 5*time.Second || took > 10*time.Second || code != ibid.ExitIncomplete {
			t.Errorf("it ended after %v with %d", took, code)
		}
	})
}
