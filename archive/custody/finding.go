package custody

import "fmt"

// The codes of a log. Numbers are never given to something else. docs/formats.md has them as a table.
const (
	CodeLog        = "C01" // the log contradicts itself, or cannot be read
	CodeSignature  = "C02" // a checkpoint that no key of the log has signed
	CodePrefix     = "C03" // a checkpoint that the log has not grown out of: old entries were changed or removed
	CodeGone       = "C04" // captures that the log has, and the store does not, though nobody has destroyed them
	CodeUnlogged   = "C05" // captures of a logged WARC file that are not those of the log
	CodeStamp      = "C06" // a time stamp that is not one of its checkpoint
	CodeNotRemoved = "C07" // what the log says was destroyed is there
)

// Finding is one thing that is wrong with a log. It is an error.
type Finding struct {
	Code string `json:"code"`
	// Key is the object.
	Key  string `json:"key,omitempty"`
	Text string `json:"text"`
}

// Error is the finding as a line for people.
func (f *Finding) Error() string { return fmt.Sprintf("%s %s: %s", f.Code, f.Key, f.Text) }
