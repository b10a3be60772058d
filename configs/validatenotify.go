package configs

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"

	"github.com/ibid-archive/ibid"
)

func (n Notify) problem() *problem {
	if n.BaseURL != "" && !isWebAddress(n.BaseURL) {
		return &problem{"notify.base_url", errors.New("it is not of the form https://HOST or https://HOST/PATH")}
	}
	first := map[string]int{}
	for i, w := range n.Webhooks {
		name := fmt.Sprintf("notify.webhooks[%d]", i)
		if p := w.problem(name); p != nil {
			return p
		}
		if before, twice := first[w.Name]; twice {
			return &problem{name + ".name", fmt.Errorf("notify.webhooks[%d] is called %q as well", before, w.Name)}
		}
		first[w.Name] = i
	}
	return n.Email.problem("notify.email")
}

func (w Webhook) problem(name string) *problem {
	switch {
	case !collectionName.MatchString(w.Name):
		return &problem{name + ".name", fmt.Errorf(
			"%q is no name: it has 1 to 64 letters (A to Z), digits, '-', '_' and '.', and does not begin with a '.'", w.Name)}
	case !isWebAddress(w.URL):
		return &problem{name + ".url", errors.New("it is not of the form https://HOST/PATH")} // not repeated: it may hold a token
	case w.Secret == "":
		return &problem{name + ".secret", errors.New("there is none: what is sent is signed with it")}
	}
	return wantedProblem(name, w.Kinds, w.Collections)
}

func (e Email) problem(name string) *problem {
	for i, to := range append(slices.Clone(e.To), e.From) {
		key := name + ".to"
		if i == len(e.To) {
			key = name + ".from"
		}
		if _, err := mail.ParseAddress(to); err != nil || oneLine(to) != nil {
			return &problem{key, fmt.Errorf("%q is not a mail address, as in \"Ibid <ibid@example.org>\"", to)}
		}
	}
	host, port, err := net.SplitHostPort(e.Server)
	switch {
	case err != nil || host == "" || port == "":
		return &problem{name + ".server", fmt.Errorf("%q is not HOST:PORT", e.Server)}
	case e.User != "" && e.Security == MailNone:
		return &problem{name + ".security", errors.New("a password is never sent in the clear: with a user, it is starttls or tls")}
	}
	if e.Timezone != "" {
		if err := zoneProblem(e.Timezone); err != nil {
			return &problem{name + ".timezone", err}
		}
	}
	return wantedProblem(name, e.Kinds, e.Collections)
}

func wantedProblem(name string, kinds []ibid.EventKind, collections []string) *problem {
	for _, k := range kinds {
		if !k.Valid() {
			return &problem{name + ".kinds", fmt.Errorf("%q is no kind of event: they are %q", k, ibid.EventKinds())}
		}
	}
	for _, c := range collections {
		if !collectionName.MatchString(c) {
			return &problem{name + ".collections", fmt.Errorf("%q is no name of a collection", c)}
		}
	}
	return nil
}

// isWebAddress says whether s is http or https with a host and nothing that would be a secret in a log.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.Fragment == "" &&
		oneLine(s) == nil
}
