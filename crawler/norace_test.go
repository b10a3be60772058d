//go:build !race

package crawler_test

// slowdown is what this build is slower than an ordinary one.
const slowdown = 1
