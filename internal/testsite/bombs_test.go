package testsite

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// TestBombsAreValid makes small ones and decodes them whole, checksums included.
func TestBombsAreValid(t *testing.T) {
	const size = 16 << 20
	made := func(write func(io.Writer, int) error) string {
		var b strings.Builder
		if err := write(&b, size); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	tests := []struct {
		name, bomb string
		decode     func(io.Reader) (io.Reader, error)
		largest    int
	}{
		{"gzip", made(writeGzipBomb), gunzip, 64 << 10},
		{"deflate", made(writeZlibBomb), func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }, 64 << 10},
		{"gzip in gzip", made(nestedBomb), func(r io.Reader) (io.Reader, error) {
			outer, err := gunzip(r)
			if err != nil {
				return nil, err
			}
			return gunzip(outer)
		}, 4 << 10},
		{"zstd", zstdBomb(0x38, size), unzstd, 2 << 10},
		{"br", brotliBomb(size), func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }, 64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.decode(strings.NewReader(tt.bomb))
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, r)
			if err != nil || n != size || len(tt.bomb) > tt.largest {
				t.Errorf("%d bytes decode to %d: %v", len(tt.bomb), n, err)
			}
		})
	}
}

func gunzip(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }

func unzstd(r io.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
}

func TestServedBombsPassTheLimit(t *testing.T) {
	_, c := startHostile(t)
	resp, err := c.Get("http://gzip-bomb" + hostileDomain + "/")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gunzip(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.CopyN(io.Discard, r, HostileLimits().Decoded+1); err != nil {
		t.Errorf("it decodes to %d bytes: %v", n, err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"br-bomb": brotliBomb(bombSize), "zstd-bomb": zstdBomb(0x38, bombSize)} {
		if _, body, err := ask(t.Context(), c, "http://"+name+hostileDomain+"/", 1<<20); err != nil || string(body) != want {
			t.Errorf("%s: %d bytes, want %d: %v", name, len(body), len(want), err)
		}
	}
}

func TestWindowOfTheZstdBombIsTooLarge(t *testing.T) {
	_, c := startHostile(t)
	resp, body, err := ask(t.Context(), c, "http://zstd-window"+hostileDomain+"/", 1<<20)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	r, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("a window of 2 TiB: %v", err)
	}
}

// TestWrongCodingsAreWrong decodes what says gzip: the good ones to the end, the bad ones not.
func TestWrongCodingsAreWrong(t *testing.T) {
	s, c := startHostile(t)
	for _, threat := range s.Threats() {
		if !strings.HasPrefix(threat.Name, "gzip-") || threat.Want == archived+"|"+noted || threat.Name == "gzip-bomb" {
			continue
		}
		resp, body, err := ask(t.Context(), c, threat.URL, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for range strings.Split(resp.Header.Get("Content-Encoding"), ",") {
			var r io.Reader
			if r, err = gunzip(bytes.NewReader(body)); err == nil {
				body, err = io.ReadAll(r)
			}
		}
		if good := threat.Want == archived; good != (err == nil) {
			t.Errorf("%s: wanted %s, decoding gives %v", threat.Name, threat.Want, err)
		}
	}
}
