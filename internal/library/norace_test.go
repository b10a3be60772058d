//go:build !race

package library

// hostileSize is how large hostile pages are, in bytes.
const hostileSize = 1 << 18
