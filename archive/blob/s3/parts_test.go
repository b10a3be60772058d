package s3

import (
	"errors"
	"slices"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
)

// Objects in parts are as any other: the same bytes again are success, others are refused, and no upload is left,
// not even one of a Put that died before.
func TestParts(t *testing.T) {
	const size = 2*minPartSize + 100
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			s := checked(t, bucket(t, k.address(t)))
			begin(t, s, "warc/big")
			o := put(t, s, "warc/big", size)
			if n := uploads(t, s, "warc/big"); n != 0 {
				t.Errorf("%d uploads are left", n)
			}
			if err := s.Put(t.Context(), o); err != nil {
				t.Errorf("the same again: %v", err)
			}
			if got := blobtest.Read(t, s, "warc/big", minPartSize-5, 10); len(got) != 10 {
				t.Errorf("%d bytes over the seam", len(got))
			}
			other := make([]byte, size)
			if err := s.Put(t.Context(), blobtest.Object("warc/big", other)); !errors.Is(err, blob.ErrExists) {
				t.Errorf("other bytes: %v", err)
			}
			found, err := s.client.StatObject(t.Context(), s.o.Bucket, s.full("warc/big"), minio.StatObjectOptions{Checksum: true})
			if err != nil || k.checksums && found.ChecksumSHA256 == "" {
				t.Errorf("the server keeps the checksum %q, %v", found.ChecksumSHA256, err)
			}
			if got := keysOf(t, s, "warc/"); !slices.Equal(got, []string{"warc/big"}) {
				t.Errorf("listed %q", got)
			}
		})
	}
}

// An object of more than 10,000 parts has larger ones.
func TestPartsGrow(t *testing.T) {
	s := &Store{o: Options{PartSize: minPartSize}}
	for _, c := range []struct{ size, want int64 }{
		{0, minPartSize}, {minPartSize * maxParts, minPartSize}, {minPartSize*maxParts + 1, minPartSize + 1}, {5 << 40, (5<<40 + maxParts - 1) / maxParts},
	} {
		if got := s.partSize(c.size); got != c.want {
			t.Errorf("%d bytes: parts of %d, want %d", c.size, got, c.want)
		}
	}
}
