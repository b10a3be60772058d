// Package queue keeps Jobs durably in the catalogue's database and hands them to workers. River does the
// work; it is known here and nowhere else.
//
// A [Task] of the kind [Capture] stands for one host of one run. At most one Task of a (run, host) is unfinished at
// any time, in all processes together, and of Tasks of several runs one a host is worked at a time: so whoever works
// a Task is alone with the host, and politeness follows from the queue. A worker takes the next slice of the host's
// Seeds and ends the Task in the transaction that records what it captured; if Seeds remain, that transaction also
// makes the next Task.
//
// A Task whose worker fails is tried again a few times, then given up. One whose process died or was
// stopped is worked again and that try is not counted; so work must bear to be done twice.
//
// With SQLite one process works, and its start takes up what a dead one has left. With PostgreSQL any number of
// processes do. There a Task under way is a lease: its worker renews it, another process takes it up when that has
// not happened for half a minute, and what the first one does later, because it was only asleep, is refused: see
// [Hold].
package queue
