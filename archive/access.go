package archive

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// PutAccess stores r, and returns it with its ID and the time from which it counts; it is durable when nil is returned.
// Rules are never changed: a later one for the same target counts.
func (a *Archive) PutAccess(ctx context.Context, r ibid.AccessRule) (ibid.AccessRule, error) {
	r.ID, r.When = strings.ToLower(rand.Text()[:12]), a.o.Now().UTC().Truncate(accessPrecision)
	b, err := seal(r)
	if err != nil {
		return r, &ibid.Error{Kind: ibid.KindInternal, Op: "store the access rule", URI: r.ID, Err: err}
	}
	return r, putBytes(ctx, a.o.Store, accessKey(r), b)
}

// accessKey sorts rules by when they were made.
func accessKey(r ibid.AccessRule) string {
	return accessPrefix + r.When.Format("20060102T150405.000000Z") + "-" + r.ID + ".json"
}

// accessPrecision is that of the keys, and of the catalogue.
const accessPrecision = time.Microsecond

func (a *Archive) walkAccess(ctx context.Context, key string, v Visitor) error {
	var r ibid.AccessRule
	if !strings.HasSuffix(key, ".json") {
		return nil
	}
	if ok, err := a.readSealedAnywhere(ctx, key, &r, v.Damage); err != nil || !ok {
		return err
	}
	return v.Access(r)
}
