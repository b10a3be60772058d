package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ibid-archive/ibid"
)

// putRule puts r in the place of an older rule for the same target; a younger one stays.
func putRule(ctx context.Context, tx txn, r ibid.AccessRule, normal string) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO access_rules (collection, document, address, hold, id, made, n, body)
		VALUES ($1, $2, $3, $4, $5, $6, (SELECT coalesce(max(n), 0) + 1 FROM access_rules), $7)
		ON CONFLICT (collection, document, address, hold) DO UPDATE SET id = excluded.id, made = excluded.made, n = excluded.n, body = excluded.body
		WHERE excluded.made > access_rules.made OR (excluded.made = access_rules.made AND excluded.id > access_rules.id)`,
		r.Collection, r.Document, normal, truth(r.Verb.OfHold()), r.ID, instant(r.When), string(body))
	return err
}

// PutAccess records rules that are in the store. normal is what addresses of the same meaning have in common. One that was
// recorded before, or that a younger one has replaced, changes nothing.
func (c *Catalog) PutAccess(ctx context.Context, rules []ibid.AccessRule, normal func(address string) (string, error)) error {
	err := c.inTx(ctx, func(tx txn) error { return putRules(ctx, tx, rules, normal) })
	return storageError("record access rules", "", err)
}

// PutAccess is as [Catalog.PutAccess].
func (f *Filler) PutAccess(ctx context.Context, rules []ibid.AccessRule, normal func(address string) (string, error)) error {
	return storageError("record access rules", "", putRules(ctx, f.tx, rules, normal))
}

func putRules(ctx context.Context, tx txn, rules []ibid.AccessRule, normal func(address string) (string, error)) error {
	for i := range rules {
		key := ""
		if rules[i].Address != "" {
			var err error
			if key, err = normal(rules[i].Address); err != nil {
				return err
			}
		}
		if err := putRule(ctx, tx, rules[i], key); err != nil {
			return err
		}
	}
	return nil
}

// AccessRules returns the current rule of each target, without those that take back, by target.
func (c *Catalog) AccessRules(ctx context.Context) ([]ibid.AccessRule, error) {
	all, err := list(ctx, c, scanBody[ibid.AccessRule], `SELECT body FROM access_rules ORDER BY collection, document, address, hold`)
	return keep(all, func(r *ibid.AccessRule) bool { return !r.Verb.Ends() }), storageError("list the access rules", "", err)
}

// AccessVersion is another one whenever the rules are others.
func (c *Catalog) AccessVersion(ctx context.Context) (string, error) {
	v, err := one(ctx, c, func(row scanner) (string, error) {
		var count, n, made int64
		err := row.Scan(&count, &n, &made)
		return fmt.Sprintf("%d-%d-%d", count, n, made), err
	}, `SELECT count(*), coalesce(max(n), 0), coalesce(max(made), 0) FROM access_rules`)
	return v, storageError("ask for the version of the access rules", "", err)
}

// PutToken records a token.
func (c *Catalog) PutToken(ctx context.Context, t ibid.Token) error {
	body, err := json.Marshal(t)
	if err != nil {
		return storageError("record the token", t.ID, err)
	}
	_, err = c.exec(ctx, `INSERT INTO tokens (id, secret, created, body) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
		t.ID, string(t.Secret), instant(t.Created), string(body))
	return storageError("record the token", t.ID, err)
}

func scanToken(row scanner) (t ibid.Token, err error) {
	var body []byte
	var revoked sql.NullInt64
	if err := row.Scan(&t.Secret, &revoked, &body); err != nil {
		return t, err
	}
	err = json.Unmarshal(body, &t)
	t.Revoked = maybeTime(revoked)
	return t, err
}

// Token returns the token of that ID. None is KindNotFound.
func (c *Catalog) Token(ctx context.Context, id string) (ibid.Token, error) {
	const op = "find the token"
	t, err := one(ctx, c, scanToken, `SELECT secret, revoked, body FROM tokens WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return t, &ibid.Error{Kind: ibid.KindNotFound, Op: op, URI: id, Err: errors.New("there is none; ibid token list shows them")}
	}
	return t, storageError(op, id, err)
}

// Tokens returns all tokens, also those that have ended, the oldest first.
func (c *Catalog) Tokens(ctx context.Context) ([]ibid.Token, error) {
	all, err := list(ctx, c, scanToken, `SELECT secret, revoked, body FROM tokens ORDER BY created, id`)
	return all, storageError("list the tokens", "", err)
}

// RevokeToken ends a token now, and says whether that changed anything.
func (c *Catalog) RevokeToken(ctx context.Context, id string) (bool, error) {
	n, err := c.exec(ctx, `UPDATE tokens SET revoked = $2 WHERE id = $1 AND revoked IS NULL`, id, instant(c.now()))
	return n > 0, storageError("revoke the token", id, err)
}

// ForgetSessions forgets what browsers had whose sessions were over at that time.
func (c *Catalog) ForgetSessions(ctx context.Context, at time.Time) error {
	const op = "forget sessions"
	tokens, err := c.Tokens(ctx)
	if err != nil {
		return err
	}
	for i := range tokens {
		if t := &tokens[i]; t.Of == "" || t.Live(at) {
			continue
		}
		if _, err := c.exec(ctx, `DELETE FROM tokens WHERE id = $1`, tokens[i].ID); err != nil {
			return storageError(op, tokens[i].ID, err)
		}
	}
	return nil
}
