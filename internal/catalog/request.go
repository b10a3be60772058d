package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ibid-archive/ibid"
)

// Request is something that was asked for over HTTP to be archived: it is worked until it is over, whatever happens to the
// process.
type Request struct {
	ID         string `json:"id"`
	Collection string `json:"collection"`
	// Asker is who asked, and Key what the Asker calls it by: the same Key is the same Request. It may be empty.
	Asker string `json:"asker"`
	Key   string `json:"key,omitempty"`
	// Fingerprint tells what was asked for from anything else.
	Fingerprint string `json:"fingerprint"`
	// Document is the ID of a Document that is kept, or URI the address of a source, or, with Page, of a citing page.
	Document string `json:"document,omitempty"`
	URI      string `json:"uri,omitempty"`
	Page     bool   `json:"page,omitempty"`
	// Only are the IDs of the References of Document that are asked for; none: all of them.
	Only    []string  `json:"only,omitempty"`
	Created time.Time `json:"created"`
	// Finished is when it was over; zero: it is not.
	Finished time.Time `json:"finished,omitzero"`
	// Error is why it could not be done, in one line for people.
	Error string `json:"error,omitempty"`
}

// ErrOther is the cause of a KindConflict: the key was used for something else.
var ErrOther = errors.New("this idempotency key was used for something else before; take another one")

// AddRequest records r, or returns what was asked for with the same key before, which is said by again. KindConflict: that was
// something else.
func (c *Catalog) AddRequest(ctx context.Context, r Request) (stored Request, again bool, err error) {
	const op = "take the request"
	body, err := json.Marshal(r)
	if err != nil {
		return r, false, storageError(op, r.ID, err)
	}
	var finished any
	if !r.Finished.IsZero() {
		finished = instant(r.Finished)
	}
	_, err = c.exec(ctx, `INSERT INTO requests (id, collection, asker, idempotency, fingerprint, created, finished, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		r.ID, r.Collection, r.Asker, r.Key, r.Fingerprint, instant(r.Created), finished, string(body))
	if err != nil || r.Key == "" {
		return r, false, storageError(op, r.ID, err)
	}
	held, err := c.RequestOf(ctx, r.Asker, r.Key)
	switch {
	case err != nil || held == nil:
		return r, false, err
	case held.Fingerprint != r.Fingerprint:
		return r, false, &ibid.Error{Kind: ibid.KindConflict, Op: op, Err: ErrOther}
	}
	return *held, held.ID != r.ID, nil
}

// RequestOf returns what was asked for with a key; nil: nothing was.
func (c *Catalog) RequestOf(ctx context.Context, asker, key string) (*Request, error) {
	r, err := one(ctx, c, scanBody[Request], `SELECT body FROM requests WHERE asker = $1 AND idempotency = $2 AND idempotency <> ''`, asker, key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return &r, storageError("find the request", key, err)
}

// Request returns the one of that ID. None is KindNotFound.
func (c *Catalog) Request(ctx context.Context, id string) (Request, error) {
	const op = "find the job"
	r, err := one(ctx, c, scanBody[Request], `SELECT body FROM requests WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return r, &ibid.Error{Kind: ibid.KindNotFound, Op: op, URI: id, Err: errors.New("there is none")}
	}
	return r, storageError(op, id, err)
}

// UnfinishedRequests returns up to n that are not over, the oldest first.
func (c *Catalog) UnfinishedRequests(ctx context.Context, n int) ([]Request, error) {
	all, err := list(ctx, c, scanBody[Request], `SELECT body FROM requests WHERE finished IS NULL ORDER BY created, id LIMIT $1`, n)
	return all, storageError("list the requests that are not over", "", err)
}

// FinishRequest says that r is over.
func (c *Catalog) FinishRequest(ctx context.Context, r Request) error {
	body, err := json.Marshal(r)
	if err == nil {
		_, err = c.exec(ctx, `UPDATE requests SET finished = $2, body = $3 WHERE id = $1`, r.ID, instant(r.Finished), string(body))
	}
	return storageError("end the request", r.ID, err)
}

// ForgetRequests removes those that were over before that time.
func (c *Catalog) ForgetRequests(ctx context.Context, before time.Time) error {
	_, err := c.exec(ctx, `DELETE FROM requests WHERE finished < $1`, instant(before))
	return storageError("forget old requests", "", err)
}
