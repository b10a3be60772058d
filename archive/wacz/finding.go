package wacz

import "fmt"

// Code is the number of what is wrong with a package. Numbers are never given to something else. What is wrong with a
// record in it has a code of package warc.
type Code string

// The Codes. docs/formats.md has them as a table.
const (
	CodeZIP       Code = "P01" // no ZIP file, or not all of one
	CodeName      Code = "P02" // a name that leads out of the package, or an entry that is no plain file
	CodeDuplicate Code = "P03" // two entries of one name
	CodeOverlap   Code = "P04" // two entries with bytes in common
	CodeSize      Code = "P05" // an entry that is not as its place in the ZIP file says, or that inflates beyond reason
	CodeNoPackage Code = "P06" // no datapackage.json, or it cannot be read
	CodeHash      Code = "P07" // a file that does not match its digest or size in datapackage.json
	CodeMissing   Code = "P08" // a file that is listed and not there
	CodeUnlisted  Code = "P09" // a file that is there and not listed
	CodeNoDigest  Code = "P10" // datapackage-digest.json cannot be read, or has not the form of wacz-auth
	CodeDigest    Code = "P11" // datapackage.json does not match datapackage-digest.json
	CodeSignature Code = "P12" // the signature is not one over this package
	CodeSigner    Code = "P13" // the package says that another key signs it, or that one does
	CodeDeflated  Code = "P14" // a WARC file that was compressed again: no record can be taken out alone
	CodeIndex     Code = "P15" // no index, or one that cannot be read or is not in order
	CodeLine      Code = "P16" // a line of the index that is not true of any record
	CodeNoLine    Code = "P17" // a capture without a line in the index
	CodeRevisit   Code = "P18" // a revisit whose payload is not in the package
	CodePages     Code = "P19" // no list of pages, or one that cannot be read
	CodePage      Code = "P20" // a page of which the package has no capture
	CodeProof     Code = "P21" // proofs of custody that cannot be read, or do not lead to their checkpoint
	CodeProven    Code = "P22" // a proof of a capture that the package does not have, or not so
	CodeDomain    Code = "P23" // the certificate is not one of the domain that signs, or cannot be read
	CodeValid     Code = "P24" // the certificate of the domain was not valid when the package was signed
	CodeStamp     Code = "P25" // the time stamp is not one over the signature, by who the package says, at that time
	CodeIssuer    Code = "P26" // nobody who is known vouches for the certificates
)

// Finding is one thing that is wrong with a package. It is an error.
type Finding struct {
	// Code is one of those above, or a warc.Code.
	Code string `json:"code"`
	// Path is the file in the package; empty is the package itself.
	Path string `json:"path,omitempty"`
	// Offset is where in the file, in bytes.
	Offset int64  `json:"offset,omitempty"`
	Text   string `json:"text"`
}

// Error is the finding as a line for people.
func (f *Finding) Error() string {
	s := f.Code
	if f.Path != "" {
		s += fmt.Sprintf(" %q", f.Path)
	}
	if f.Offset != 0 {
		s += fmt.Sprintf(" at byte %d", f.Offset)
	}
	return s + ": " + f.Text
}

// Broken says whether the finding means that the package is not what its maker closed: it is no whole package, or its
// bytes are not those that it lists, or its signature is not one over it.
func (f *Finding) Broken() bool {
	c := Code(f.Code)
	return f.Code[0] == 'P' && (c <= CodeSigner || CodeDomain <= c && c <= CodeStamp)
}

func found(code Code, name, format string, args ...any) *Finding {
	return &Finding{Code: string(code), Path: name, Text: fmt.Sprintf(format, args...)}
}
