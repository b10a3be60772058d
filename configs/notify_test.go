package configs_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
)

func TestNotifyIsRead(t *testing.T) {
	c, err := configs.Load(write(t, `
notify:
  base_url: https://ibid.example.org
  webhooks:
    - {name: chat, url: "https://hooks.example/x?token=1", secret: "env:HOOK", kinds: [source.died, source.back], collections: [forum]}
    - {name: ops, url: "http://127.0.0.1:9000/", secret: "file:/run/secrets/ops"}
  email:
    to: ["Zoë <zoe@example.org>", a@example.org]
    digest: 30m
    user: ibid
    password: env:MAIL
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []configs.Webhook{
		{Name: "chat", URL: "https://hooks.example/x?token=1", Secret: "env:HOOK", Kinds: []ibid.EventKind{ibid.SourceDied, ibid.SourceBack}, Collections: []string{"forum"}},
		{Name: "ops", URL: "http://127.0.0.1:9000/", Secret: "file:/run/secrets/ops"},
	}
	if !reflect.DeepEqual(c.Notify.Webhooks, want) {
		t.Errorf("webhooks %+v", c.Notify.Webhooks)
	}
	if e := c.Notify.Email; len(e.To) != 2 || e.Digest != (configs.Digest{Every: configs.Duration(30 * time.Minute)}) || e.Security != configs.MailSTARTTLS {
		t.Errorf("email %+v", e)
	}
}

func TestNotifyThatCannotWork(t *testing.T) {
	hook := func(keys string) string { return "notify: {webhooks: [{" + keys + "}]}" }
	email := func(keys string) string { return "notify: {email: {" + keys + "}}" }
	for text, want := range map[string]string{
		"notify: {base_url: ibid.example}":                                                                               "notify.base_url",
		"notify: {base_url: 'https://u:p@a.example'}":                                                                    "notify.base_url",
		hook("url: 'https://a.example/hidden', secret: 'env:A'"):                                                         "webhooks[0].name",
		hook("name: a, secret: 'env:A'"):                                                                                 "webhooks[0].url",
		hook("name: a, url: 'ftp://a.example/hidden', secret: 'env:A'"):                                                  "webhooks[0].url",
		hook("name: a, url: 'https://u:hidden@a.example/', secret: 'env:A'"):                                             "webhooks[0].url",
		hook("name: a, url: 'https://a.example/hidden'"):                                                                 "webhooks[0].secret",
		hook("name: a, url: 'https://a.example/hidden', secret: whsec_hidden"):                                           "does not stand in the configuration",
		hook("name: a, url: 'https://a.example/hidden', secret: 'file:'"):                                                "does not stand in the configuration",
		hook("name: a, url: 'https://a.example/hidden', secret: 'env:A', kinds: [source.dead]"):                          "source.dead",
		hook("name: a, url: 'https://a.example/hidden', secret: 'env:A', collections: ['a b']"):                          "webhooks[0].collections",
		hook("name: a, url: 'https://a.example/hidden', secret: 'env:A', kind: [source.died]"):                           `the nearest known key is "notify.webhooks[0].kinds"`,
		hook("name: a, url: 'https://a.example', secret: 'env:A'}, {name: a, url: 'https://b.example', secret: 'env:A'"): "is called \"a\" as well",
		email("to: [nobody]"): "notify.email.to",
		email("from: ''"):     "notify.email.from",
		email("from: \"a@b.example\\nBcc: c@d.example\""): "notify.email.from",
		email("server: mail.example"):                     "notify.email.server",
		email("user: a, security: none"):                  "never sent in the clear",
		email("security: ssl"):                            "neither",
		email("digest: '25:00'"):                          "time of day",
		email("digest: 30s"):                              "from 1m to 24h",
		email("digest: daily"):                            "time of day",
		email("timezone: Nowhere/Land"):                   "notify.email.timezone",
		email("kinds: [x]"):                               "notify.email.kinds",
		email("password: hidden"):                         "does not stand in the configuration",
	} {
		_, err := configs.Load(write(t, text+"\n"), nil)
		if ibid.KindOf(err) != ibid.KindInput || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s\n%v, want %s", text, err, want)
		}
	}
}

func TestSecretsAreReadFromWhereTheyAre(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("whsec_abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"HOOK=whsec_env=", "HOOK2=x", "EMPTY="}
	for place, want := range map[configs.Secret]string{
		"": "", "env:HOOK": "whsec_env=", configs.Secret("file:" + file): "whsec_abc",
	} {
		if got, err := place.Read(environ); err != nil || got != want {
			t.Errorf("%s: %q, %v", place, got, err)
		}
	}
	for _, place := range []configs.Secret{"env:NONE", "env:HOO", "env:EMPTY", "file:/no/such/file", configs.Secret("file:" + large)} {
		if _, err := place.Read(environ); ibid.KindOf(err) != ibid.KindInput || err == nil {
			t.Errorf("%s: %v", place, err)
		}
	}
}
