package custody

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
)

// Authority is who stamps checkpoints with the time (RFC 3161).
type Authority struct {
	// URL is where requests are posted (RFC 3161, 3.4).
	URL string
	// Client makes the requests.
	Client *http.Client
}

const (
	// maxToken bounds the answer of an authority, in bytes.
	maxToken = 1 << 20
	// stampsAtOnce is how many checkpoints without a stamp are made up for at once, the newest first.
	stampsAtOnce = 8
)

// Stamp has the newest checkpoints that have no time stamp yet stamped, and stores the tokens. It returns how many. A failure
// costs nothing but the stamp: the next call asks again.
func (l *Log) Stamp(ctx context.Context, a Authority) (n int, err error) {
	keys, err := l.checkpointKeys(ctx)
	if err != nil {
		return 0, err
	}
	for i := len(keys) - 1; i >= 0 && i >= len(keys)-stampsAtOnce; i-- {
		_, err := l.store.Stat(ctx, stampKey(keys[i]))
		if err == nil {
			continue
		}
		if !errors.Is(err, blob.ErrNotFound) {
			return n, err
		}
		note, err := l.read(ctx, keys[i], maxCheckpoint)
		if err != nil {
			return n, err
		}
		token, err := a.ask(ctx, note)
		if err != nil {
			return n, &ibid.Error{Kind: ibid.KindNetwork, Op: "have the time stamped by", URI: a.URL, Err: err}
		}
		if err := l.put(ctx, stampKey(keys[i]), token); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// ask returns the token of the authority over note, checked.
func (a Authority) ask(ctx context.Context, note []byte) ([]byte, error) {
	body, err := timestamp.CreateRequest(bytes.NewReader(note), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true})
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the request: %w", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := a.Client.Do(r)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says all
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxToken))
	if err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	t, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	_, err = CheckStamp(t.RawToken, note)
	return t.RawToken, err
}

// CheckStamp says when note was there, as the token says; who the authority is that signed it is not looked at.
func CheckStamp(token, note []byte) (time.Time, error) {
	t, err := timestamp.Parse(token)
	if err != nil {
		return time.Time{}, fmt.Errorf("the time stamp cannot be read: %w", err)
	}
	sum := sha256.Sum256(note)
	switch {
	case len(t.Certificates) == 0:
		return time.Time{}, errors.New("the time stamp comes without the certificate of who made it")
	case t.HashAlgorithm != crypto.SHA256 || !bytes.Equal(t.HashedMessage, sum[:]):
		return time.Time{}, errors.New("the time stamp is one of something else")
	}
	return t.Time, nil
}

// StampOf is the token over a checkpoint; nil: there is none yet.
func (l *Log) StampOf(ctx context.Context, checkpoint string) ([]byte, error) {
	b, err := l.read(ctx, stampKey(checkpoint), maxToken)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// stamps holds each time stamp against its checkpoint.
func (v *logVerifier) stamps(ctx context.Context) error {
	return v.l.store.List(ctx, stampPrefix, func(i blob.Info) error {
		v.out.Stamps++
		name := strings.TrimSuffix(strings.TrimPrefix(i.Key, stampPrefix), stampSuffix)
		note, err := v.l.read(ctx, checkpointPrefix+name+checkpointSuffix, maxCheckpoint)
		if err == nil {
			var token []byte
			if token, err = v.l.read(ctx, i.Key, maxToken); err == nil {
				_, err = CheckStamp(token, note)
			}
		}
		if err != nil && ctx.Err() == nil {
			v.report(&Finding{CodeStamp, i.Key, err.Error()})
			return nil
		}
		return err
	})
}
