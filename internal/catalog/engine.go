package catalog

import (
	"database/sql"

	"github.com/pressly/goose/v3"
)

// engine is what the two databases do not share.
type engine struct {
	dialect goose.Dialect
	// migrations is the folder of the steps.
	migrations string
	// shared says that several processes may write.
	shared bool
	// numbered says that the parameters of long INSERTs are "$1", and not "?".
	numbered bool
	// texts records titles and contexts, with their lexemes if that is said; search finds what match makes of words.
	texts   insert
	lexemes bool
	search  string
	match   func(words []string) string
	// lockDeliveries ends the question for what is due to be told, so that others are given something else; empty
	// where there are no others.
	lockDeliveries string
	// alone is what a transaction says first that must keep other writers out; empty where any does.
	alone string
	// transient says whether an error is of a moment: the same again may work, and nothing of it was done or
	// its end is unknown.
	transient func(error) bool
}

// txn is a transaction and the engine that it runs on.
type txn struct {
	*sql.Tx
	engine *engine
}
