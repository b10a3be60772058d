// Package rescue gets sources back from other web archives (Memento, RFC 7089), as they were when they were cited.
//
// A [Rescuer] is an aggregator of its own: it asks each configured [Archive] what it holds of an address, tries the
// captures in the order of their dates, and trusts none before it was looked at. The way of one [Wanted]:
//
//	hypotheses (the address itself; the same without session id, www ...; where migration rules lead)
//	  index (all archives at once: CDX where there is one, else TimeMap, else TimeGate) -> candidates
//	  order (before the date, the nearest first; then after)
//	  memento (raw bytes into a spool, redirects within the archive) -> Answer -> quality, with reasons
//	the first that is good enough stops all else; it becomes an ibid.Exchange with its Provenance
//
// What an archive sends is foreign: lists may be endless, dates wrong, redirects circular, pages in the place of
// lists. Each costs a bounded time and memory, and one line in Found.Tried. What the archive itself says, in its own
// headers and error pages, is never taken for what the source said.
//
// Requests are made only after the [Budget] of the archive gave its turn, so that all processes together stay below
// its limits. An archive that asks for rest, or fails again and again, rests; Found.Again says when it is worth
// coming back.
package rescue
