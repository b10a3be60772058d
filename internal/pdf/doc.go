// Package pdf is the one reader of PDFs: text with its place on the page, link annotations, and what a
// document says of itself (the Info dictionary and XMP).
//
// PDFs are hostile. Text is read by PDFium, compiled to WebAssembly, in a child process: this same program,
// started again in a worker mode (see [ServeIfWorker]). What a bad document can reach is a sandbox inside a
// process that holds no secrets and can be killed. Memory is bounded by the size of the WebAssembly memory,
// and not by RLIMIT_AS: all that PDFium allocates is in there, while the Go runtime around it (and the race
// detector, by terabytes) reserves far more address space than it uses. Time is bounded twice: the reader
// kills a worker that misses its deadline, and RLIMIT_CPU ends a worker whose reader has died.
//
// [Reader.Info] is asked for every PDF that is captured. It is answered here, in Go, from the few objects
// that it takes, each within strict bounds; only encrypted documents need PDFium.
package pdf
