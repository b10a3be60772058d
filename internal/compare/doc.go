// Package compare tells two captures of a page apart: it reads the text that a page shows, and marks what of it went and
// what came. Time and memory grow with the texts and no faster, whatever is in them: where two texts have too little in
// common for a close look, they count as one replaced by the other.
package compare
