package configs

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes.
type Size int64

// sizeUnits are ordered so that String finds the largest that fits: powers of 1024 before the rest.
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// UnmarshalText reads a whole number of bytes, or one with a unit: "1048576", "32MiB", "1 GiB", "500 kB".
// Units are known in any case. A bare "M" is refused: it is 1000 or 1024 to different people.
func (s *Size) UnmarshalText(text []byte) error {
	in := strings.TrimSpace(string(text))
	digits := strings.TrimRight(in, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a size: write a whole number of bytes, or one with a unit, as in \"32 MiB\"", text)
	}
	factor, ok := unitBytes(strings.TrimSpace(in[len(digits):]))
	if !ok {
		return fmt.Errorf("%q is not a size: the units are B, KiB, MiB, GiB, TiB (1024) and kB, MB, GB, TB (1000)", text)
	}
	if n > math.MaxInt64/factor {
		return fmt.Errorf("%q is more than can be counted", text)
	}
	*s = Size(n * factor)
	return nil
}

func unitBytes(name string) (int64, bool) {
	if name == "" {
		return 1, true
	}
	for _, u := range sizeUnits {
		if strings.EqualFold(name, u.name) {
			return u.bytes, true
		}
	}
	return 0, false
}

// String writes s with the first unit that leaves a whole number; UnmarshalText reads it back.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if s != 0 && int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d %s", int64(s)/u.bytes, u.name)
		}
	}
	return "0 B"
}

// Duration is a length of time; it is never negative when it was read.
type Duration time.Duration

// UnmarshalText reads what [time.ParseDuration] reads, "10m" or "1h30m", and refuses less than nothing.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(strings.ReplaceAll(string(text), " ", ""))
	if err != nil {
		return fmt.Errorf("%q is not a length of time: write a number and a unit, as in \"500ms\", \"30s\", \"10m\", \"1h\"", text)
	}
	if v < 0 {
		return errors.New("a length of time cannot be negative")
	}
	*d = Duration(v)
	return nil
}

// String writes d as [time.Duration] does; UnmarshalText reads it back.
func (d Duration) String() string { return time.Duration(d).String() }
