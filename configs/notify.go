package configs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Notify says who is told what happened.
type Notify struct {
	BaseURL  string    `yaml:"base_url"`
	Webhooks []Webhook `yaml:"webhooks"`
	Email    Email     `yaml:"email"`
}

// Webhook is an endpoint that is told at once.
type Webhook struct {
	Name        string           `yaml:"name"`
	URL         string           `yaml:"url"`
	Secret      Secret           `yaml:"secret"`
	Kinds       []ibid.EventKind `yaml:"kinds"`
	Collections []string         `yaml:"collections"`
}

// Email says who is told in digests, and by which server.
type Email struct {
	To          []string         `yaml:"to"`
	From        string           `yaml:"from"`
	Digest      Digest           `yaml:"digest"`
	Timezone    string           `yaml:"timezone"`
	Kinds       []ibid.EventKind `yaml:"kinds"`
	Collections []string         `yaml:"collections"`
	Server      string           `yaml:"server"`
	Security    MailSecurity     `yaml:"security"`
	User        string           `yaml:"user"`
	Password    Secret           `yaml:"password"`
}

// MailSecurity says how the connection to a mail server is secured.
type MailSecurity string

// The values of MailSecurity.
const (
	MailSTARTTLS MailSecurity = "starttls"
	MailTLS      MailSecurity = "tls"
	MailNone     MailSecurity = "none"
)

// UnmarshalText sets m to one of its values, and fails on any other text.
func (m *MailSecurity) UnmarshalText(text []byte) error {
	switch v := MailSecurity(text); v {
	case MailSTARTTLS, MailTLS, MailNone:
		*m = v
		return nil
	default:
		return fmt.Errorf("%q is neither %q nor %q nor %q", text, MailSTARTTLS, MailTLS, MailNone)
	}
}

// Digest says when digests go out: once a day, or at most once in a length of time.
type Digest struct {
	// Minute is that of the day, from 0 to 1439; it counts when Every is 0.
	Minute int
	Every  Duration
}

// UnmarshalText reads a time of day, "07:00", or a length of time from a minute to a day, "30m".
func (d *Digest) UnmarshalText(text []byte) error {
	if at, err := time.Parse("15:04", string(text)); err == nil {
		*d = Digest{Minute: 60*at.Hour() + at.Minute()}
		return nil
	}
	var every Duration
	if err := every.UnmarshalText(text); err != nil || every < Duration(time.Minute) || every > Duration(24*time.Hour) {
		return fmt.Errorf("%q is neither a time of day, as in \"07:00\", nor a length of time from 1m to 24h", text)
	}
	*d = Digest{Every: every}
	return nil
}

// String writes d so that UnmarshalText reads it back.
func (d Digest) String() string {
	if d.Every > 0 {
		return d.Every.String()
	}
	return fmt.Sprintf("%02d:%02d", d.Minute/60, d.Minute%60)
}

// Secret says where a secret is: "file:PATH" or "env:NAME". The secret itself is never part of a Config, nor of a
// file that people copy, show and keep under version control. Empty: there is none.
type Secret string

const (
	secretFile = "file:"
	secretEnv  = "env:"
	maxSecret  = 64 << 10
)

// UnmarshalText sets s to a place, and fails on any other text without repeating it: it may be the secret.
func (s *Secret) UnmarshalText(text []byte) error {
	place := string(text)
	named := strings.HasPrefix(place, secretFile) && len(place) > len(secretFile) ||
		strings.HasPrefix(place, secretEnv) && len(place) > len(secretEnv)
	if place != "" && !named {
		return errors.New(`a secret does not stand in the configuration: write "file:PATH" or "env:NAME", where it is`)
	}
	*s = Secret(place)
	return nil
}

// Read returns the secret without the white space around it. environ is as for [Load]. What is missing is an
// *[ibid.Error] of [ibid.KindInput].
func (s Secret) Read(environ []string) (string, error) {
	if s == "" {
		return "", nil
	}
	text, err := s.read(environ)
	if err == nil && strings.TrimSpace(text) == "" {
		err = errors.New("it is empty")
	}
	if err != nil {
		return "", &ibid.Error{Kind: ibid.KindInput, Op: "read the secret", URI: string(s), Err: err}
	}
	return strings.TrimSpace(text), nil
}

func (s Secret) read(environ []string) (string, error) {
	if name, ok := strings.CutPrefix(string(s), secretEnv); ok {
		for _, pair := range environ {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value, nil
			}
		}
		return "", errors.New("there is no such variable")
	}
	f, err := os.Open(strings.TrimPrefix(string(s), secretFile))
	if err != nil {
		return "", plain(err)
	}
	defer f.Close() //nolint:errcheck // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err == nil && len(text) > maxSecret {
		err = fmt.Errorf("it is larger than %v, so it is no secret", Size(maxSecret))
	}
	return string(text), err
}
