//go:build !unix

package pdf

// limitProcess does nothing where there is no setrlimit: the reader still kills a worker by its deadline.
func limitProcess(uint64) error { return nil }
