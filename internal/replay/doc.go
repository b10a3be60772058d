// Package replay gives what is archived back over HTTP.
//
// There are two handlers, for two origins. [Service.Protocols] is for the application's: TimeGate, TimeMap and Memento
// (RFC 7089), the CDX API, and pages that frame a memento. It says what is held and never sends any of it.
// [Service.Replay] is for an origin of its own, where there are no sessions: it sends what is held, as it was sent or
// rewritten so that a page and what it needs come from the archive, and from nowhere else. What is not for anybody stands
// there below "/t/{ticket}": a ticket that the application's origin gives to those who may have it.
package replay
