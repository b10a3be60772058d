//go:build unix && !freebsd && !dragonfly

package pdf

import (
	"fmt"
	"syscall"
)

// limitProcess bounds the CPU time of this process to what it has used plus seconds, and forbids it to
// leave a core file, which would hold a document.
func limitProcess(seconds uint64) error {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return fmt.Errorf("read the CPU time used: %w", err)
	}
	seconds += uint64(max(0, used.Utime.Sec+used.Stime.Sec)) //nolint:gosec // not negative
	// The Go runtime ignores SIGXCPU, so the hard limit is the one that counts.
	if err := syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: seconds, Max: seconds}); err != nil {
		return fmt.Errorf("limit the CPU time: %w", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("limit the core size: %w", err)
	}
	return nil
}
