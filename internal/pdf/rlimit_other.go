//go:build !unix || freebsd || dragonfly

package pdf

// limitProcess does nothing where there is no setrlimit, or one of other types: the reader still kills a worker by its deadline.
func limitProcess(uint64) error { return nil }
