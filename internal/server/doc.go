// Package server answers over HTTP: for people what is kept (pages) and what happened (/feed.atom), for programs what is held
// and what became of it (/api/v1, /save), for operators whether Ibid is alive (/healthz), whether it can do its work
// (/readyz) and how much of it (/metrics, in the format of Prometheus).
//
// It knows no other part: what it tells, it asks for through [Options] and [Pages].
//
// Pages are made whole on the server, in English, French or Spanish, and work without a script. They ask nobody else for
// anything, and what strangers wrote is only ever text in them. A page stays below 50 KiB whatever it shows: lists are
// paged, long text is cut and says so. Templates call what [renderer.functions] lists; each message stands in the tables
// of messages under its English words.
package server
