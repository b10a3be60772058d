package configs

import "fmt"

// Collection is a named set of documents and sources with one policy.
type Collection struct {
	Name       string     `yaml:"name"`
	Title      string     `yaml:"title"`
	Documents  []Document `yaml:"documents"`
	Seeds      []Seed     `yaml:"seeds"`
	Schedule   string     `yaml:"schedule"`
	Timezone   string     `yaml:"timezone"`
	Visibility Visibility `yaml:"visibility"`
	// LockDays is how long its objects are locked in a bucket, in days; 0: as s3.object_lock says.
	LockDays int `yaml:"lock_days"`
}

// Document is a citing document of a Collection: a file or the address of a page. It is written as that alone, or
// with keys of its own.
type Document struct {
	Source   string `yaml:"source"`
	Schedule string `yaml:"schedule"`
	Timezone string `yaml:"timezone"`
}

// UnmarshalText sets d to the document at text, with nothing of its own.
func (d *Document) UnmarshalText(text []byte) error {
	*d = Document{Source: string(text)}
	return nil
}

// Seed is a source of a Collection that is kept though no document cites it. It is written as its address alone,
// or with keys of its own.
type Seed struct {
	URI      string `yaml:"uri"`
	Schedule string `yaml:"schedule"`
	Timezone string `yaml:"timezone"`
}

// UnmarshalText sets s to the source at text, with nothing of its own.
func (s *Seed) UnmarshalText(text []byte) error {
	*s = Seed{URI: string(text)}
	return nil
}

// Visibility says who may see a Collection.
type Visibility string

// The values of Visibility; the empty one is VisibilityPublic.
const (
	// VisibilityPublic: whoever reaches the server.
	VisibilityPublic Visibility = "public"
	// VisibilityPrivate: whoever has a token that may read it.
	VisibilityPrivate Visibility = "private"
)

// UnmarshalText sets v to one of its values, and fails on any other text.
func (v *Visibility) UnmarshalText(text []byte) error {
	switch t := Visibility(text); t {
	case VisibilityPublic, VisibilityPrivate:
		*v = t
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q", text, VisibilityPublic, VisibilityPrivate)
	}
}
