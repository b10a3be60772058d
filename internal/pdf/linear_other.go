//go:build !unix

package pdf

import "context"

// withMappedMemory leaves the memory of PDFium to the Go runtime.
func withMappedMemory(ctx context.Context) context.Context { return ctx }
