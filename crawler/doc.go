// Package crawler looks at Seeds: it makes the Exchanges that a source consists of, politely, and hands each to
// a Sink byte for byte as sent and received.
//
// Colly drives: it asks for what it is told and calls back with the answer. What is recorded is recorded
// below it, by a tap on the connection under net/http's transport, because Colly's view is not the wire: it
// decodes, re-encodes, cuts and hides. The way of one request:
//
//	visit (one Seed: hops, requisites, linked pages)
//	  fetch (robots.txt, politeness, tries)
//	    Colly -> roundTrip -> http.Transport -> tap -> netguard
//	    the tap feeds a message (framing, digests, limits), which lies in a spool
//	  the Exchange goes to the Sink; Colly gets a decoded, bounded copy; the page is parsed once
//
// Nothing that a server sends ends the process or holds up another host: every limit of Options has a
// class (ibid.Class), and what arrived before the limit is kept and marked truncated.
package crawler
