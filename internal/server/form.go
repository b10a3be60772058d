package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"mime"
	"net/http"
	"net/url"

	"github.com/ibid-archive/ibid"
)

const (
	// formField is the field in which each form of a page has what only a page of ours can have put there.
	formField = "form_token"
	// formCookie is what formField is made of for whoever is not signed in.
	formCookie = "ibid_form"
)

// formToken is what a form of a page has in formField for this browser, which gets a cookie if it has none that it could be
// made of.
func (s *server) formToken(w http.ResponseWriter, r *http.Request) string {
	key := s.formSecret(r)
	if key == "" {
		key = rand.Text()
		setCookie(w, r, formCookie, key)
		r.AddCookie(&http.Cookie{Name: cookieName(r, formCookie), Value: key}) //nolint:gosec // for another form of the same page
	}
	return tokenOf(key)
}

// formSecret is the cookie of which the tokens of forms are made.
func (s *server) formSecret(r *http.Request) string {
	if session := s.sessionOf(r); session != "" {
		return session
	}
	return cookie(r, formCookie)
}

func tokenOf(key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte(formField)) // a hash takes all
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// checkForm says that a form came from a page of ours in this browser, by what it has in formField: KindPolicy if not. Every
// handler of a form asks it before it does anything. A request with a credential of its own needs none: no browser adds
// one.
func (s *server) checkForm(r *http.Request, given string) error {
	key := s.formSecret(r)
	if hasCredential(r) || key != "" && hmac.Equal([]byte(given), []byte(tokenOf(key))) {
		return nil
	}
	return &ibid.Error{Kind: ibid.KindPolicy, Op: "take the form", Err: errors.New("it is not of a page that this browser got from here; load the page again and send it from there")}
}

// form has do work the fields of a short form that came from a page of ours.
func (s *server) form(do func(w http.ResponseWriter, r *http.Request, fields url.Values) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fields, err := fieldsOf(w, r)
		if err == nil {
			err = s.checkForm(r, fields.Get(formField))
		}
		if err == nil {
			err = do(w, r, fields)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	}
}

// fieldsOf reads the fields of a short form.
func fieldsOf(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return nil, badInput("the body", "it is a form, as application/x-www-form-urlencoded")
	}
	body, err := readBody(w, r.Body, maxForm)
	if err != nil {
		return nil, err
	}
	fields, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badInput("the body", "it is no form that can be read")
	}
	return fields, nil
}
