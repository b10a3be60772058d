// Package server answers over HTTP: for operators whether Ibid is alive (/healthz), whether it can do its work (/readyz)
// and how much of it (/metrics, in the format of Prometheus), and for people what happened (/feed.atom).
//
// It knows no other part: what it tells, it asks for through [Options].
package server
