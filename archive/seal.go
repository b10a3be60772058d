package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ibid-archive/ibid"
)

// A sealed object is a JSON object whose last member, "digest", is the digest of the object without it. So
// any change of any byte shows.

const (
	sealStart = `,"digest":"`
	sealEnd   = `"}` + "\n"
)

// sealLen is the length of what seal adds in the place of the closing brace.
const sealLen = len(sealStart) + len("sha256:") + 64 + len(sealEnd)

func seal(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("as JSON: %w", err)
	}
	d := ibid.DigestOf(b)
	b = append(b[:len(b)-1], sealStart...)
	b = append(b, d...)
	return append(b, sealEnd...), nil
}

var errSeal = errors.New("its bytes do not match the digest at its end")

func unseal(b []byte, v any) error {
	if len(b) < sealLen {
		return errSeal
	}
	at := len(b) - sealLen
	inner := append(bytes.Clone(b[:at]), '}')
	want := string(ibid.DigestOf(inner))
	if string(b[at:]) != sealStart+want+sealEnd {
		return errSeal
	}
	if err := json.Unmarshal(inner, v); err != nil {
		return fmt.Errorf("from JSON: %w", err)
	}
	return nil
}
