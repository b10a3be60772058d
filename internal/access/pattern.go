package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/cdx"
)

// maxPattern bounds a pattern and its key, in bytes: it is a key of the catalogue.
const maxPattern = 2000

// form is how a pattern takes in addresses.
type form byte

const (
	exactly form = iota
	// beginning: all keys that begin so; below: the key itself and all below it in its path; domain: a host and those
	// below it.
	beginning
	below
	domain
)

// pattern is an address of a rule, as keys are compared with it.
type pattern struct {
	form form
	key  string
}

// Normal returns the form of a pattern in which two that mean the same are the same. The error is of KindInput.
func Normal(address string) (string, error) {
	p, err := parse(address)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// The normal form is the key, with what says the form behind it. No key of an address with a host has a space in it.
func (p pattern) String() string {
	switch p.form {
	case beginning:
		return p.key + " *"
	case below:
		return p.key + " /*"
	case domain:
		return p.key + " .*"
	default:
		return p.key
	}
}

func parse(address string) (pattern, error) {
	bad := func(err error) (pattern, error) {
		return pattern{}, &ibid.Error{Kind: ibid.KindInput, Op: "use as an address of a rule", URI: fmt.Sprintf("%.200q", address), Err: err}
	}
	if len(address) > maxPattern {
		return bad(fmt.Errorf("it is longer than %d bytes; give the beginning of it and a *", maxPattern))
	}
	text, p := strings.TrimSpace(address), pattern{}
	switch host, isDomain := strings.CutPrefix(text, "*."); {
	case isDomain && strings.ContainsAny(host, "/*?#"):
		return bad(errors.New(`a host and all below it is "*.example.org", without a path`))
	case isDomain:
		p.form, text = domain, "http://"+host+"/"
	case strings.HasSuffix(text, "/*"):
		p.form, text = below, strings.TrimSuffix(text, "*")
	case strings.HasSuffix(text, "*"):
		p.form, text = beginning, strings.TrimSuffix(text, "*")
	}
	if strings.Contains(text, "*") {
		return bad(errors.New("a * can only stand at its end, or before a host"))
	}
	lower := strings.ToLower(text)
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		return bad(errors.New(`write it whole, as in "https://www.example.org/report.pdf"`))
	}
	if _, rest, _ := strings.Cut(text, "//"); p.form == beginning && !strings.Contains(rest, "/") {
		return bad(errors.New("a * cannot stand in the name of a host"))
	}
	key, err := cdx.SURT(text)
	if err != nil {
		return bad(errors.New("it is no address"))
	}
	if p.key = key; p.form == domain {
		p.key, _, _ = strings.Cut(key, ")")
	} else if p.form == below {
		p.key = strings.TrimSuffix(key, "/") // that of a path has none, but for the host alone
	}
	if len(p.String()) > maxPattern || strings.Contains(p.key, " ") {
		return bad(errors.New("its key is too long, or has a space in it"))
	}
	return p, nil
}

// keyOf is the key of the address of a capture. What is no address is its own key.
func keyOf(uri string) string {
	if key, err := cdx.SURT(uri); err == nil {
		return key
	}
	uri, _, _ = strings.Cut(uri, "#")
	return uri
}

// follows says whether a key that begins with that of p goes on behind it as the form wants.
func (p pattern) follows(rest string) bool {
	switch p.form {
	case exactly:
		return rest == ""
	case below:
		return rest == "" || rest[0] == '/' || rest[0] == '?'
	case domain:
		return rest != "" && (rest[0] == ')' || rest[0] == ',' || rest[0] == ':')
	default:
		return true
	}
}
