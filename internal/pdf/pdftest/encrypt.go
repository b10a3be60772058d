package pdftest

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what the format asks for
	"crypto/rc4" //nolint:gosec // what the format asks for
	"fmt"
)

// lock is the standard security handler, revision 2, with a key of 40 bits (ISO 32000-1, 7.6.3): the
// simplest that every reader knows. A nil lock leaves things in the clear.
type lock struct {
	key, owner, user []byte
}

const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

func newLock(password string) *lock {
	padded := []byte(password + padding)[:32]
	ownerKey := md5.Sum([]byte("owner" + padding)[:32]) //nolint:gosec // see above
	l := &lock{owner: cipher(ownerKey[:5], padded)}
	sum := md5.Sum(bytes.Join([][]byte{padded, l.owner, {0xff, 0xff, 0xff, 0xff}, []byte(id)}, nil)) //nolint:gosec // see above
	l.key = sum[:5]
	l.user = cipher(l.key, []byte(padding))
	return l
}

func cipher(key, data []byte) []byte {
	c, err := rc4.NewCipher(key) //nolint:gosec // see above
	if err != nil {
		return nil // keys here have 5 or 10 bytes, which RC4 takes
	}
	out := make([]byte, len(data))
	c.XORKeyStream(out, data)
	return out
}

// crypt encrypts the data of object n (7.6.2, algorithm 1).
func (l *lock) crypt(n int, data []byte) []byte {
	if l == nil {
		return data
	}
	sum := md5.Sum(append(bytes.Clone(l.key), byte(n), byte(n>>8), byte(n>>16), 0, 0)) //nolint:gosec // see above
	return cipher(sum[:10], data)
}

func (l *lock) dict() string {
	return fmt.Sprintf("<</Filter/Standard/V 1/R 2/O<%x>/U<%x>/P -1>>", l.owner, l.user)
}
