package warc

import "fmt"

// Code is the number of what is wrong with a WARC. Numbers are never given to something else.
type Code string

// The Codes. docs/formats.md has them as a table.
const (
	CodeGzip       Code = "W01" // a gzip member is damaged
	CodeTruncated  Code = "W02" // the data end inside a record
	CodeVersion    Code = "W03" // no line "WARC/1.1" (or 1.0, 0.18, 0.17) where a record should begin
	CodeField      Code = "W04" // a header line that is no field
	CodeHeaderSize Code = "W05" // a header larger than the limit
	CodeLength     Code = "W06" // Content-Length is missing or no number
	CodeRequired   Code = "W07" // WARC-Type, WARC-Record-ID or WARC-Date is missing or unreadable
	CodeBlockEnd   Code = "W08" // the block is not followed by two line ends: Content-Length may be wrong
	CodeLineEnd    Code = "W09" // lines end with LF alone
	CodeGarbage    Code = "W10" // bytes after the last record that belong to none
	CodeGlued      Code = "W11" // more than one record in a gzip member
	CodeUnknown    Code = "W12" // compressed with something other than gzip
	CodeTargetURI  Code = "W13" // WARC-Target-URI is no absolute URI
	CodeBlock      Code = "W14" // the block does not match WARC-Block-Digest
	CodePayload    Code = "W15" // the payload does not match WARC-Payload-Digest
	CodeAlgorithm  Code = "W16" // a digest that cannot be checked
	CodeGivenUp    Code = "W17" // so much damage that reading stopped
)

// Problem is one thing that is wrong with a WARC, and where. It is an error.
type Problem struct {
	Code Code
	// Offset is where in the file the record (or what should be one) begins, in bytes as stored.
	Offset int64
	Text   string
	Err    error
}

// Error names the code, the place and the fault.
func (p *Problem) Error() string {
	if p.Err != nil {
		return fmt.Sprintf("%s at byte %d: %s: %v", p.Code, p.Offset, p.Text, p.Err)
	}
	return fmt.Sprintf("%s at byte %d: %s", p.Code, p.Offset, p.Text)
}

func (p *Problem) Unwrap() error { return p.Err }
