//go:build race

package library

// hostileSize is how large hostile pages are, in bytes: the race detector costs about twenty times the time.
const hostileSize = 1 << 14
