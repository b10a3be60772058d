// Package pipeline is the one place where the parts meet: it takes Documents and addresses to References,
// References to Seeds, Seeds through the queue to Exchanges, Exchanges to Captures in the archive, and tells
// what became of each.
//
// The order of writes is the promise of the program. A Visit's records go to the open segment of its Job;
// the segment is put into the Store, durably, as WARC and CDXJ; one catalogue transaction then says the
// Captures, the Visits and the Job's end; only after that is anything acknowledged or reported.
package pipeline
