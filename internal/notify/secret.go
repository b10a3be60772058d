package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

const (
	secretPrefix = "whsec_"
	// The sizes that Standard Webhooks ("Signature scheme") allows, in bytes.
	shortestSecret = 24
	longestSecret  = 64
)

// Secret signs webhooks. However it is printed, it does not show.
type Secret struct{ key []byte }

// ParseSecrets reads secrets of the form of Standard Webhooks, "whsec_" and base64 of 24 to 64 bytes, parted by
// white space; there must be one at least. While a secret is being changed, both the new and the old one sign.
// Errors do not repeat the text.
func ParseSecrets(text string) ([]Secret, error) {
	var secrets []Secret
	for i, word := range strings.Fields(text) {
		encoded, ok := strings.CutPrefix(word, secretPrefix)
		key, err := base64.StdEncoding.DecodeString(encoded)
		switch {
		case !ok || err != nil:
			return nil, fmt.Errorf("secret %d is not %q and base64", i+1, secretPrefix)
		case len(key) < shortestSecret || len(key) > longestSecret:
			return nil, fmt.Errorf("secret %d has %d bytes, not %d to %d", i+1, len(key), shortestSecret, longestSecret)
		}
		secrets = append(secrets, Secret{key})
	}
	if len(secrets) == 0 {
		return nil, errors.New("there is no secret in it")
	}
	return secrets, nil
}

// Format writes no secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(secret)") }

// LogValue is no secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("(secret)") }

// Password is that of a mail server's user. However it is printed, it does not show.
type Password string

// Format writes no password, whatever the verb.
func (Password) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "(secret)") }

// LogValue is no password.
func (Password) LogValue() slog.Value { return slog.StringValue("(secret)") }

// sign is the value of webhook-signature (Standard Webhooks 1.0, "Signature scheme"): "v1," and base64 of the
// HMAC-SHA256 over id, time and body, one for each secret, parted by spaces.
func sign(secrets []Secret, id string, at time.Time, body []byte) string {
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		mac := hmac.New(sha256.New, s.key)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " ")
}
