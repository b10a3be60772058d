// Package queue keeps Jobs durably in the catalogue's database and hands them to workers. River does the
// work; it is known here and nowhere else.
//
// A [Task] stands for one host of one run. At most one Task of a (run, host) is unfinished at any time, in
// all processes together, so whoever works a Task is the only one who talks to that host for that run:
// politeness follows from the queue. A worker takes the next slice of the host's Seeds and ends the Task in
// the transaction that records what it captured; if Seeds remain, that transaction also makes the next
// Task.
//
// A Task whose worker fails is tried again a few times, then given up. One whose process died or was
// stopped is worked again and that try is not counted; so work must bear to be done twice.
package queue
