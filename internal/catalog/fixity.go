package catalog

import (
	"context"

	"github.com/ibid-archive/ibid"
)

var insertChecks = insert{
	head: "INSERT INTO fixity (object, copy, checked, code)", columns: 4,
	tail: `ON CONFLICT (object, copy) DO UPDATE SET checked = excluded.checked, code = excluded.code
		WHERE excluded.checked >= fixity.checked`,
}

// PutChecks records what was found of objects. What is known already and is newer stays.
func (c *Catalog) PutChecks(ctx context.Context, checks []ibid.Check) error {
	err := c.inTx(ctx, func(tx txn) error { return putChecks(ctx, tx, checks) })
	return storageError("record what was checked", "", err)
}

// PutChecks is as [Catalog.PutChecks].
func (f *Filler) PutChecks(ctx context.Context, checks []ibid.Check) error {
	return storageError("record what was checked", "", putChecks(ctx, f.tx, checks))
}

func putChecks(ctx context.Context, tx txn, checks []ibid.Check) error {
	_, err := insertChecks.exec(ctx, tx, len(checks), func(i int, args []any) ([]any, error) {
		k := &checks[i]
		return append(args, k.Object, k.Copy, instant(k.At), k.Code), nil
	})
	return err
}

// LastChecked says what is known of the object at loc, over all stores. An object that nobody has looked at since it was
// archived is in one copy.
func (c *Catalog) LastChecked(ctx context.Context, loc ibid.Location) (ibid.Fixity, error) {
	checks, err := c.Checks(ctx, loc.Key)
	return fixityOf(checks), err
}

func fixityOf(checks []ibid.Check) ibid.Fixity {
	f := ibid.Fixity{Copies: 1} // the first store, which has no row until it is looked at
	for _, k := range checks {
		switch {
		case k.Code != "":
			f.Damaged++
			if k.Copy == "" {
				f.Copies--
			}
		case k.Copy != "":
			f.Copies++
		}
		if instant(k.At) != 0 && (f.Checked.IsZero() || k.At.Before(f.Checked)) {
			f.Checked = k.At
		}
	}
	return f
}

// Checks are the last ones of an object, one for each store that is known to have had it.
func (c *Catalog) Checks(ctx context.Context, object string) ([]ibid.Check, error) {
	checks, err := listOften(ctx, c, scanCheck, `SELECT object, copy, checked, code FROM fixity WHERE object = $1 ORDER BY copy`, object)
	return checks, storageError("look up what was checked of", object, err)
}

// Damaged are the checks that found something wrong which is not repaired yet, up to limit.
func (c *Catalog) Damaged(ctx context.Context, limit int) ([]ibid.Check, error) {
	checks, err := list(ctx, c, scanCheck, `SELECT object, copy, checked, code FROM fixity WHERE code <> '' ORDER BY object, copy LIMIT $1`, limit)
	return checks, storageError("list what is damaged", "", err)
}

func scanCheck(row scanner) (k ibid.Check, err error) {
	var at int64
	err = row.Scan(&k.Object, &k.Copy, &at, &k.Code)
	k.At = timeOf(at)
	return k, err
}
