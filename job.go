package ibid

import "time"

// Job is due Seeds of one host, one at least: the unit of the queue, of politeness and of one WARC.
type Job struct {
	// ID is unique, and safe in a file name: letters, digits and '-'.
	ID         string
	Run        string
	Collection string
	// Host is the authority (host, and port unless it is the scheme's own) that all Seeds share.
	Host  string
	Seeds []Seed
	Due   time.Time
	// Left is when another worker was done with the Host: the delay between two requests counts from then. Zero: nobody
	// was there before, or it is not known that somebody was.
	Left time.Time
}
