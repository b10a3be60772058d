package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// checksums says what a server does with the checksum of a body.
type checksums int

const (
	// checksumsUnsent: it was not asked, or refuses the header.
	checksumsUnsent checksums = iota
	// checksumsSent: it takes the header and may do nothing with it.
	checksumsSent
	// checksumsChecked: it refuses a body with another checksum.
	checksumsChecked
)

// Capabilities are what a server and a bucket do, as found by trying.
type Capabilities struct {
	// CreateOnly: an object is made only if its key is free, when that is asked for.
	CreateOnly bool
	// Checksums: a body that does not match its checksum is refused, and the checksum is kept.
	Checksums bool
	// Versioning: what is overwritten or deleted stays as an older version.
	Versioning bool
	// Lock: objects of the bucket can be locked against deletion.
	Lock bool
	// Notes are sentences for the operator about what is missing, and what is done in its place.
	Notes []string
}

// What Check leaves in the bucket: two objects of a few bytes, made by the first Check of all. Their keys are none
// of a Store.
const (
	probeKey      = ".ibid/probe"
	wrongProbeKey = ".ibid/probe-wrong"
	probeBody     = "Ibid was here to see what this bucket can do.\n"
)

// Check finds out whether the bucket can be used and what it does. Its error is a sentence that names what is
// wrong and the way out. Call it before the first Put and not beside any other call; without it, Put
// reads back everything.
func (s *Store) Check(ctx context.Context) (Capabilities, error) {
	if err := s.do(ctx, 0, s.listOne); err != nil {
		return Capabilities{}, s.failed("use the store", "", err)
	}
	c := Capabilities{}
	for _, probe := range []func(context.Context, *Capabilities) error{s.probeCreateOnly, s.probeChecksums} {
		if err := probe(ctx, &c); err != nil {
			return Capabilities{}, s.failed("write to the store", "", err)
		}
	}
	s.ask(ctx, &c)
	if s.o.Lock != nil && !c.Lock {
		return Capabilities{}, s.input(fmt.Errorf("objects are to be locked (s3.object_lock), and the bucket %s locks none: "+
			"it must be made with Object Lock, or s3.object_lock.mode be \"none\"", s.o.Bucket))
	}
	c.note()
	return c, nil
}

// ask asks for what the bucket is set to. Whoever may not know it, or asks a server that does not, does not have it.
func (s *Store) ask(ctx context.Context, c *Capabilities) {
	c.Versioning, c.Lock = s.Keeps(ctx)
}

// Keeps says whether the bucket keeps versions, and whether objects in it can be locked. It writes nothing.
func (s *Store) Keeps(ctx context.Context) (versions, locks bool) {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	versioning, err := s.client.GetBucketVersioning(ctx, s.o.Bucket)
	return err == nil && versioning.Enabled(), s.locks(ctx)
}

// probeCreateOnly puts the same key twice. Where the header of the checksum is refused, it is not sent any more.
func (s *Store) probeCreateOnly(ctx context.Context, c *Capabilities) error {
	sum := sha256.Sum256([]byte(probeBody))
	s.checksums = checksumsSent
	err := s.probe(ctx, probeKey, s.checksum(sum))
	if status := statusOf(err); status == http.StatusNotImplemented || status == http.StatusBadRequest && s.wayOut(err) == "" {
		s.checksums = checksumsUnsent
		err = s.probe(ctx, probeKey, nil)
	}
	if err == nil {
		err = s.probe(ctx, probeKey, s.checksum(sum))
	}
	c.CreateOnly = isTaken(err)
	if isTaken(err) {
		err = nil
	}
	return err
}

// probeChecksums puts something under a checksum that is not its own.
func (s *Store) probeChecksums(ctx context.Context, c *Capabilities) error {
	if s.checksums == checksumsUnsent {
		return nil
	}
	err := s.probe(ctx, wrongProbeKey, s.checksum(sha256.Sum256(nil)))
	if status := statusOf(err); status != http.StatusBadRequest {
		if isTaken(err) {
			err = nil
		}
		return err // there now, or before: it was not checked
	}
	c.Checksums, s.checksums = true, checksumsChecked
	return nil
}

func (s *Store) probe(ctx context.Context, key string, headers map[string]string) error {
	sum := sha256.Sum256([]byte(probeBody))
	return s.repeatProbe(ctx, func(ctx context.Context) error {
		_, err := s.client.PutObject(ctx, s.o.Bucket, s.full(key), strings.NewReader(probeBody), int64(len(probeBody)), "",
			hex.EncodeToString(sum[:]), s.options(headers))
		return err
	})
}

// repeatProbe is do, for a request of which "that is the wrong checksum" is an answer.
func (s *Store) repeatProbe(ctx context.Context, request func(context.Context) error) error {
	var answer error
	err := s.do(ctx, 1, func(ctx context.Context) error {
		err := request(ctx)
		if statusOf(err) == http.StatusBadRequest && again[codeOf(err)] {
			answer = err
			return nil
		}
		return err
	})
	if err == nil {
		err = answer
	}
	return err
}

func (c *Capabilities) note() {
	if !c.CreateOnly {
		c.Notes = append(c.Notes, "the server does not honour If-None-Match: "+
			"that nothing is overwritten rests on looking first and on keys that are used once")
	}
	if !c.Checksums {
		c.Notes = append(c.Notes, "the server does not check SHA-256 checksums: every object is read back whole after it was written")
	}
	if !c.Versioning {
		c.Notes = append(c.Notes, "the bucket keeps no versions: what is deleted there by others is gone")
	}
	if !c.Lock {
		c.Notes = append(c.Notes, "the bucket locks no objects: whoever has the keys can delete them")
	}
}

// Lacks says in one sentence what the bucket does not do; empty: it does all that there is a use for.
func (c Capabilities) Lacks() string {
	return strings.Join(c.Notes, "; ")
}

// String says it in one line.
func (c Capabilities) String() string {
	return fmt.Sprintf("create-only %v, checksums %v, versioning %v, lock %v", c.CreateOnly, c.Checksums, c.Versioning, c.Lock)
}
