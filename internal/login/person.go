package login

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/ibid-archive/ibid"
)

// Person is somebody whom the issuer knows.
type Person struct {
	// Subject is theirs for ever, Name what they are called now.
	Subject, Name string
	Scope         ibid.TokenScope
}

// Roles are the values of the claim with which somebody may do what a TokenScope lets do. "*" is anybody whom the issuer lets in.
type Roles struct{ Read, Write, Admin []string }

func (r Roles) empty() bool { return len(r.Read)+len(r.Write)+len(r.Admin) == 0 }

// scope is the widest that one of values has; empty: none.
func (r Roles) scope(values []string) ibid.TokenScope {
	for _, role := range []struct {
		scope ibid.TokenScope
		of    []string
	}{{ibid.ScopeAdmin, r.Admin}, {ibid.ScopeWrite, r.Write}, {ibid.ScopeRead, r.Read}} {
		if slices.Contains(role.of, "*") || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(role.of, v) }) {
			return role.scope
		}
	}
	return ""
}

// maxName bounds what somebody is called, in bytes.
const maxName = 80

func (i *Issuer) person(subject string, claims map[string]any) (Person, error) {
	p := Person{Subject: subject, Scope: i.o.Roles.scope(valuesOf(claims, i.o.Claim))}
	if p.Scope == "" {
		return p, i.failed(ibid.KindPolicy, errors.New("you are known, and have no role here: whoever runs this archive can give you one (server.oidc)"))
	}
	for _, claim := range []string{"email", "name", "preferred_username"} {
		if v := valuesOf(claims, claim); p.Name == "" && len(v) == 1 {
			p.Name = nameOf(v[0])
		}
	}
	if p.Name == "" {
		p.Name = nameOf("person " + subject)
	}
	return p, nil
}

// valuesOf are those of a claim that is text or a list of texts. An address of mail that is not verified is none: anybody can
// claim it.
func valuesOf(claims map[string]any, claim string) []string {
	if verified, _ := claims["email_verified"].(bool); claim == "email" && !verified {
		return nil
	}
	switch v := claims[claim].(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// nameOf is text as a name can be shown and kept.
func nameOf(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if len(text) > maxName {
		text = strings.ToValidUTF8(text[:maxName], "")
	}
	return strings.TrimSpace(text)
}
