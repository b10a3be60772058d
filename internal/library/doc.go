// Package library finds Works that a Document names without an address: "2008 Session 2.2 …, available in English, French
// and Spanish from the Document Libraries".
//
// [Read] makes a Listing of a page: what it offers, under which title, label and language, however the page is laid out; the
// other pages of the same listing; and the links that look as if they lead to a document library. [Match] says which entries of
// listings are a Work, in which language, and why. [Search] walks from the cited sites through their libraries, live and as
// other archives have them, and gives one Edition for each Work and language.
//
// It fetches nothing: pages are given to it. What an entry claims about its language is a hint; the text of what it leads to
// decides.
//
// Pages are foreign. Work is bounded on any tree, and nothing of them is believed that leads away from the cited sites.
package library
