// Package notify tells people what happened to their sources and to their archive: by signed webhooks, by
// digests in e-mail, and by an Atom feed.
//
// A [Look] at a source, and what befell a job, an audit or the spool, become Events (ibid.Event). The
// catalogue keeps them in an [Outbox], in the transaction that made them true, so nothing is told that did not
// happen and nothing that happened is forgotten. A [Notifier] takes them out again and hands them to its
// Channels, [Webhook] and [Mail], each on its own: a slow one delays no other. An Event is delivered at least
// once to each Channel that wants it; its ID is the same each time. The feed, [WriteFeed], is read and not
// delivered.
package notify
