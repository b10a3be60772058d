package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
)

// behind gives the Options of a new bucket of a server behind a proxy.
func behind(t testing.TB, k kind) (Options, *faulty.Proxy) {
	t.Helper()
	at := k.address(t)
	o := bucket(t, at)
	p, err := faulty.Start("http://"+at.Host, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	u, _ := url.Parse(p.URL)
	o.Endpoint = u.Host
	return o, p
}

// each calls every method of a Store.
func each(ctx context.Context, s *Store) map[string]error {
	_, stat := s.Stat(ctx, "k")
	r, open := s.Open(ctx, "k", 0, -1)
	if open == nil {
		open = r.Close()
	}
	_, check := s.Check(ctx)
	_, sweep := s.Sweep(ctx, time.Hour)
	return map[string]error{
		"stat": stat, "open": open, "check": check, "sweep": sweep, "put": s.Put(ctx, blobtest.Object("k", []byte("x"))),
		"list": s.List(ctx, "", func(blob.Info) error { return nil }),
	}
}

// What a person has to put right is one sentence that says so, and is asked once.
func TestRefusals(t *testing.T) {
	for code, want := range map[string]string{
		"NoSuchBucket":          "there is no bucket ",
		"InvalidAccessKeyId":    "does not know the access key",
		"SignatureDoesNotMatch": "the secret key does not belong to the access key",
		"ExpiredToken":          "the credentials have expired",
		"ExpiredTokenException": "the credentials have expired",
		"AccessDenied":          "may not do it: allow s3:GetObject",
		"SomethingNew":          "may not do it: allow s3:GetObject",
		"RequestTimeTooSkewed":  "the clock of this machine differs from that of 127.0.0.1",
		"PermanentRedirect":     "at another endpoint",
		"InvalidBucketName":     "allows no bucket with the name",
	} {
		t.Run(code, func(t *testing.T) {
			status := map[string]int{"NoSuchBucket": 404, "PermanentRedirect": 301, "InvalidBucketName": 400}[code]
			if status == 0 {
				status = 403
			}
			o, p := behind(t, kinds[0])
			p.Set(faulty.Faults{Refuse: func(*http.Request) *faulty.Answer {
				return &faulty.Answer{Status: status, Body: fmt.Sprintf("<Error><Code>%s</Code><Message>No.</Message></Error>", code)}
			}})
			for op, err := range each(t.Context(), open(t, o)) {
				if !errors.Is(err, blob.ErrRefused) || !strings.Contains(err.Error(), want) || ibid.KindOf(err) != ibid.KindStorage {
					t.Errorf("%s: %v, want %q", op, err, want)
				}
				if strings.Contains(err.Error(), "ENDPOINT") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), o.SecretKey+":") {
					t.Errorf("%s: %v", op, err)
				}
			}
			total := p.Requests(http.MethodGet) + p.Requests(http.MethodHead) + p.Requests(http.MethodPut)
			if total > 15 {
				t.Errorf("%d requests for six calls", total)
			}
		})
	}
}

// Real servers say it in their own ways.
func TestRefusalsOfServers(t *testing.T) {
	for _, k := range kinds[1:] {
		t.Run(k.name, func(t *testing.T) {
			good := bucket(t, k.address(t))
			for name, c := range map[string]struct {
				change func(*Options)
				want   string
			}{
				"another bucket": {func(o *Options) { o.Bucket = "there-is-none" }, "there is no bucket there-is-none at"},
				"another key":    {func(o *Options) { o.AccessKey = "nobody" }, "does not know the access key"},
				"another secret": {func(o *Options) { o.SecretKey = "wrong-wrong-wrong" }, "the secret key does not belong to the access key"},
			} {
				o := good
				c.change(&o)
				for op, err := range each(t.Context(), open(t, o)) {
					if !errors.Is(err, blob.ErrRefused) || !strings.Contains(err.Error(), c.want) {
						t.Errorf("%s, %s: %v", name, op, err)
					}
				}
			}
		})
	}
}

// What cannot be reached, or is no server of this kind, says so as well.
func TestWrongPlaces(t *testing.T) {
	o, _ := behind(t, kinds[0])
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
		refuse bool
	}{
		"HTTPS where there is none": {func(o *Options) { o.Insecure = false }, "does not speak HTTPS", true},
		"nobody listens":            {func(o *Options) { o.Endpoint = "127.0.0.1:1" }, "connection refused", false},
		"no such host":              {func(o *Options) { o.Endpoint = "no-such-host.invalid" }, "no-such-host.invalid", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := o
			c.change(&o)
			s := open(t, o)
			s.tries = 2
			_, err := s.Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, blob.ErrRefused) != c.refuse || ibid.KindOf(err) != ibid.KindStorage {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	for name, change := range map[string]func(*Options){
		"no bucket": func(o *Options) { o.Bucket = "" }, "no name of a bucket": func(o *Options) { o.Bucket = "A B" },
		"a prefix that is no key": func(o *Options) { o.Prefix = "../x" }, "a scheme": func(o *Options) { o.Endpoint = "https://example.org" },
		"no host": func(o *Options) { o.Endpoint = "a b" },
	} {
		o := o
		change(&o)
		if _, err := New(o); ibid.KindOf(err) != ibid.KindInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFullStoreSaysSo(t *testing.T) {
	o, p := behind(t, kinds[0])
	p.Set(faulty.Faults{Refuse: func(r *http.Request) *faulty.Answer {
		if r.Method == http.MethodPut {
			return &faulty.Answer{Status: http.StatusInsufficientStorage, Body: "<Error><Code>XMinioStorageFull</Code><Message>Full.</Message></Error>"}
		}
		return nil
	}})
	err := open(t, o).Put(t.Context(), blobtest.Object("k", nil))
	if ibid.ClassOf(err) != ibid.ClassStorageFull || p.Requests(http.MethodPut) != 1 {
		t.Errorf("%v after %d requests", err, p.Requests(http.MethodPut))
	}
}

// Credentials come from the environment or the shared file; those that have expired are taken from there anew.
func TestCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	write := func(key string) {
		text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = s\n[other]\naws_access_key_id = other\naws_secret_access_key = s\n", key)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first")
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	t.Setenv("AWS_CONFIG_FILE", file)
	o, p := behind(t, kinds[0])
	o.AccessKey, o.SecretKey = "", ""
	good := "first"
	p.Set(faulty.Faults{Refuse: func(r *http.Request) *faulty.Answer {
		if strings.Contains(r.Header.Get("Authorization"), "Credential="+good+"/") {
			return nil
		}
		write("second")
		return &faulty.Answer{Status: 403, Body: "<Error><Code>ExpiredToken</Code><Message>No.</Message></Error>"}
	}})
	s := open(t, o)
	put(t, s, "a", 5)
	good = "second" // the first has expired, and whoever renews them writes the file
	put(t, s, "b", 5)
	if before := p.Requests(http.MethodGet); before > 8 {
		t.Errorf("%d requests", before)
	}
	t.Setenv("AWS_PROFILE", "other")
	good = "other"
	put(t, open(t, o), "c", 5)
	t.Setenv("AWS_ACCESS_KEY_ID", "fromenv") // beats the file
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	good = "fromenv"
	put(t, open(t, o), "d", 5)
}

// A machine or container that has a role is asked for it.
func TestCredentialsOfTheMachine(t *testing.T) {
	identity := http.NewServeMux()
	asked := 0
	identity.HandleFunc("/role", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = fmt.Fprintf(w, `{"AccessKeyId":"role%d","SecretAccessKey":"s","Token":"t","Expiration":%q,"Code":"Success"}`,
			asked, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
	server := newServer(t, identity)
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server+"/role")
	o, p := behind(t, kinds[0])
	o.AccessKey, o.SecretKey = "", ""
	p.Set(faulty.Faults{Refuse: func(r *http.Request) *faulty.Answer {
		if strings.Contains(r.Header.Get("Authorization"), "Credential=role") && r.Header.Get("X-Amz-Security-Token") == "t" {
			return nil
		}
		return &faulty.Answer{Status: 403}
	}})
	put(t, open(t, o), "k", 5)
	put(t, open(t, o), "k", 5)
	if asked != 2 {
		t.Errorf("asked %d times for two stores", asked)
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server+"/none")
	_, err := open(t, o).Stat(t.Context(), "k")
	if !errors.Is(err, blob.ErrRefused) || !strings.Contains(err.Error(), "set AWS_ACCESS_KEY_ID") {
		t.Errorf("without any: %v", err)
	}
}
