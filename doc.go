// Package ibid holds the words of Ibid, a link and reference archiving crawler: the types that its
// parts speak to each other, and the rules that these types keep.
//
// The story, in the order in which things happen:
//
// A [Document] cites sources. Each citation in it is a [Reference]: one URI, with the place where it
// stands, the words around it and the date on which the author looked. A Reference may also name a
// [Work] without an address. Many References can share one [Seed]: a URI to capture and the scope
// around it. A [Plan] says when it is due. When Seeds are due, those of one host travel together as a
// [Job], the unit of the queue, of politeness and of one WARC file. Working a Job makes an [Exchange] of
// each HTTP request and its response, as sent and received. An Exchange that was written to the archive is
// a [Capture]: one stored observation of one URI at one instant. Looking at one Seed once is a [Visit]; it
// ends with a [Verdict] on the bytes and a [Health] of the source. A reader meets a Capture as a [Memento].
// What changed, and what went wrong, is an [Event] that people are told of.
//
// This package imports the standard library only, and nothing here does input or output.
package ibid
