package configs_test

import (
	"math"
	"testing"
	"testing/quick"
	"time"

	"github.com/ibid-archive/ibid/configs"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]configs.Size{
		"0": 0, "1": 1, "1048576": 1 << 20, "64 KiB": 64 << 10, "32MiB": 32 << 20, "1 GiB": 1 << 30, "2 TiB": 2 << 40,
		"500 kB": 500_000, "3 MB": 3_000_000, "2gb": 2_000_000_000, "1 tb": 1_000_000_000_000, "7 b": 7, " 8 mib ": 8 << 20,
		"9223372036854775807": math.MaxInt64,
	} {
		var s configs.Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q: %d, %v; want %d", text, s, err, want)
		}
	}
}

func TestNotASize(t *testing.T) {
	for _, text := range []string{
		"", " ", "GiB", "-1", "-1 GiB", "1.5 GiB", "1M", "1 Gi", "1 GiB GiB", "1 Gi B", "0x10", "1e6", "1_000", "١", "9223372036854775808",
		"8388608 TiB", "1\x00",
	} {
		s := configs.Size(42)
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read as %d", text, s)
		}
		if s != 42 {
			t.Errorf("%q failed and changed the value to %d", text, s)
		}
	}
}

func TestSizeReadsBackWhatItWrites(t *testing.T) {
	same := func(n uint64) bool {
		want := configs.Size(n >> 1)
		var got configs.Size
		return got.UnmarshalText([]byte(want.String())) == nil && got == want
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
	for n, want := range map[configs.Size]string{0: "0 B", 1: "1 B", 1536: "1536 B", 1 << 20: "1 MiB", 4 << 30: "4 GiB", 5_000_000: "5 MB"} {
		if got := n.String(); got != want {
			t.Errorf("%d is written %q, want %q", int64(n), got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "500ms": 500 * time.Millisecond, "30 s": 30 * time.Second, "10m": 10 * time.Minute, "1h 30m": 90 * time.Minute,
	} {
		var d configs.Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || time.Duration(d) != want {
			t.Errorf("%q: %v, %v; want %v", text, d, err, want)
		}
	}
	for _, text := range []string{"", "10", "-1s", "1d", "soon", "1s\n", "300000000h"} {
		d := configs.Duration(42)
		if err := d.UnmarshalText([]byte(text)); err == nil || d != 42 {
			t.Errorf("%q was read as %v (error %v)", text, d, err)
		}
	}
}
