//go:build race

package crawler_test

// slowdown is about what the race detector costs.
const slowdown = 5
