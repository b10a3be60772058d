// Package catalog is the index of what an archive holds: Documents and their References, Seeds, runs,
// Visits and Captures, in one SQL database.
//
// The catalogue is a cache of the store: everything in it but the state of runs, of schedules and of the queue, and
// what is to be told, can be rebuilt from the store's objects (see [Catalog.Rebuild]). It is written in one place,
// [Catalog.Commit]: one transaction says the Captures, the Visits and, through its last argument, the end of the Job
// and what people are told of it ([AddEvents]).
//
// The database is a file of SQLite or a database of PostgreSQL. Statements keep to the SQL that both share, with
// numbered parameters; what is one engine's own stands in sqlite.go, postgres.go, search.go (full text) and the folders
// of migrations. What fails because the database is away for a moment is done again: see [Catalog.Retry].
// Instants are stored as microseconds since 1970 in UTC, which is the precision of WARC-Date.
//
// Failures of the database are [ibid.Error]s of [ibid.KindStorage]; what is not held is
// [ibid.KindNotFound]. Errors of the context are passed on as they are.
package catalog
