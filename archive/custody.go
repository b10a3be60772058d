package archive

import (
	"context"
	"strings"

	"github.com/ibid-archive/ibid/archive/blob"
)

// WARCs are the keys of the WARC files that are committed, in the order of their bytes: those with checksums beside them,
// which are written last.
func (a *Archive) WARCs(ctx context.Context) ([]string, error) { return a.warcs(ctx, false) }

// Captured are those of WARCs in which there are captures. The others tell of looks that took nothing.
func (a *Archive) Captured(ctx context.Context) ([]string, error) { return a.warcs(ctx, true) }

func (a *Archive) warcs(ctx context.Context, captured bool) (keys []string, err error) {
	empty := "" // the last one without captures: its CDXJ comes before its checksums
	err = a.o.Store.List(ctx, warcPrefix, func(i blob.Info) error {
		if name, ok := strings.CutSuffix(i.Key, cdxjSuffix); ok && i.Size == 0 {
			empty = name
		}
		name, ok := strings.CutSuffix(i.Key, sumsSuffix)
		if _, _, ours := parseWARCKey(name + warcSuffix); ok && ours && !(captured && name == empty) {
			keys = append(keys, name+warcSuffix)
		}
		return nil
	})
	return keys, err
}
