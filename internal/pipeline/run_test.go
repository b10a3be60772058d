package pipeline

import (
	"context"
	"errors"
	"syscall"
	"testing"

	"github.com/ibid-archive/ibid"
)

func TestAFullDiskEndsTheRun(t *testing.T) {
	full := &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: "warc/a", Class: ibid.ClassStorageFull, Err: syscall.ENOSPC}
	other := &ibid.Error{Kind: ibid.KindStorage, Op: "store", URI: "warc/b", Class: ibid.ClassStorageUnavailable, Err: syscall.EIO}
	for name, tt := range map[string]struct {
		errs []error
		ends bool
		said error
	}{
		"another failure is tried again": {[]error{other}, false, other},
		"a full disk ends it":            {[]error{full}, true, full},
		"and is what the user is told":   {[]error{other, full, other}, true, full},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			r := &run{stop: stop}
			for _, err := range tt.errs {
				r.fail(err)
			}
			if ended := ctx.Err() != nil; ended != tt.ends || !errors.Is(r.failed, tt.said) {
				t.Errorf("ended: %v, failed: %v", ended, r.failed)
			}
		})
	}
	(&run{}).fail(full) // a run of another process: nobody waits for it here
}
