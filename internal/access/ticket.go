package access

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"

	"github.com/ibid-archive/ibid"
)

const (
	// ticketTime is how long a ticket counts: long enough to read a page and to follow a few of its links.
	ticketTime = 30 * time.Minute
	// ticketMAC is how much of the HMAC-SHA-256 a ticket has, in bytes (RFC 2104, 5: half of it at least).
	ticketMAC = sha256.Size / 2
	// ticketHead is what stands before the name of the collection: when it ends and the ID of the token, in bytes.
	ticketHead = 8 + idBytes
	// maxTicket bounds the text of a ticket, in bytes.
	maxTicket = 1024
)

// Tickets carry the leave to read one collection to the origin of what is archived, which is sent no credential. A ticket
// stands in an address there. It says whose token it stands for, so it ends with that too, and for which collection; it is
// signed with a key that this process alone has. It is safe for concurrent use.
type Tickets struct {
	gate *Gate
	key  [sha256.Size]byte
}

// NewTickets returns Tickets for those who g lets in.
func NewTickets(g *Gate) *Tickets {
	t := &Tickets{gate: g}
	_, _ = rand.Read(t.key[:]) // never fails (crypto/rand)
	return t
}

// Issue returns a ticket with which as much of a collection can be read as a may read, if t needs one; empty: anybody may
// have t, or a may not.
func (s *Tickets) Issue(ctx context.Context, a *Asker, t Thing) string {
	if a.token == nil || a.policy.Decide(s.gate.o.Anybody, t, a.at).Verb == ibid.AccessOpen || a.Decide(ctx, t).Verb != ibid.AccessOpen {
		return ""
	}
	id, err := hex.DecodeString(a.token.ID)
	if err != nil || len(id) != idBytes {
		return ""
	}
	// The end is rounded, so that a page that is looked at again has the address that it had.
	end := a.at.Truncate(ticketTime / 2).Add(ticketTime + ticketTime/2)
	said := binary.BigEndian.AppendUint64(nil, uint64(end.Unix())) //nolint:gosec // a time of this century
	said = append(append(said, id...), t.Collection...)
	return base64.RawURLEncoding.EncodeToString(append(said, s.sign(said)...))
}

var errTicket = errors.New("the leave to see it has ended, or was not given here: load the page around it again")

// Admit begins a request with a ticket. KindPolicy: the ticket does not count, for whatever reason. KindStorage: it cannot be
// found out.
func (s *Tickets) Admit(ctx context.Context, ticket string) (*Asker, error) {
	refused := &ibid.Error{Kind: ibid.KindPolicy, Op: "show this", Err: errTicket}
	if len(ticket) > maxTicket {
		return nil, refused
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(ticket)
	if err != nil || len(b) <= ticketHead+ticketMAC {
		return nil, refused
	}
	said, signed := b[:len(b)-ticketMAC], b[len(b)-ticketMAC:]
	end := int64(binary.BigEndian.Uint64(said)) //nolint:gosec // signed by us, or refused
	if !hmac.Equal(signed, s.sign(said)) || s.gate.o.Now().Unix() >= end {
		return nil, refused
	}
	a, err := s.gate.Ask(ctx, "")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	token, err := s.gate.token(ctx, hex.EncodeToString(said[8:ticketHead]))
	if err != nil || token == nil {
		return nil, cmp.Or[error](err, refused)
	}
	counts, err := s.gate.counts(ctx, token)
	collection := string(said[ticketHead:])
	if err != nil || !counts || !Bearer(*token).May(ibid.ScopeRead, collection) {
		return nil, cmp.Or[error](err, refused)
	}
	token.Collections = []string{collection}
	a.Reader = Bearer(*token)
	return a, nil
}

func (s *Tickets) sign(said []byte) []byte {
	m := hmac.New(sha256.New, s.key[:])
	m.Write(said) // never fails (hash.Hash)
	return m.Sum(nil)[:ticketMAC]
}
