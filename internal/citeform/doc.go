// Package citeform writes citations that go on working: of each cited source its address, the archived version of it, and
// what it is, in the forms that people's tools take; and copies of citing documents whose links carry their archived versions.
//
// It knows nothing of catalogues and reports: whoever has them makes [Item]s of them. [Write] writes Items in a [Format],
// [Robustify] rewrites a document.
package citeform
