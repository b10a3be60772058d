package archive

import (
	"context"
	"strings"

	"github.com/ibid-archive/ibid/archive/blob"
)

// WARCs are the keys of the WARC files that are committed, in the order of their bytes: those with checksums beside them,
// which are written last.
func (a *Archive) WARCs(ctx context.Context) ([]string, error) {
	var keys []string
	err := a.o.Store.List(ctx, warcPrefix, func(i blob.Info) error {
		name, ok := strings.CutSuffix(i.Key, sumsSuffix)
		if _, _, ours := parseWARCKey(name + warcSuffix); ok && ours {
			keys = append(keys, name+warcSuffix)
		}
		return nil
	})
	return keys, err
}
