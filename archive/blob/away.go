package blob

import "time"

// Away says since when s cannot be reached, and why, as far as it knows; a nil error: it is not known to be away. Only a Store
// that outlasts outages knows, and what stands around one.
func Away(s Store) (since time.Time, because error) {
	if a, ok := s.(interface{ Away() (time.Time, error) }); ok {
		return a.Away()
	}
	return time.Time{}, nil
}
