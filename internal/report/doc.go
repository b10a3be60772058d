// Package report says what became of the sources of a Document: in words, in figures, as rows of a table, and as one
// page that stands alone. All text of strangers that passes through it is made plain.
package report
