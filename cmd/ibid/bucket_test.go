package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ibid-archive/ibid/archive/blob/blobtest/fakes3"
	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
)

// proxyOf is the key under which a script keeps the proxy before its bucket.
type proxyOf struct{}

// serveBucket is `bucket NAME`: serves an empty bucket, and makes its prefix "some/prefix" the store.
func serveBucket(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: bucket NAME")
	}
	server, err := fakes3.Start(args[0])
	ts.Check(err)
	ts.Defer(server.Close)
	proxy, err := faulty.Start(server.URL, 1)
	ts.Check(err)
	ts.Defer(func() { ts.Check(proxy.Close()) })
	ts.Value(proxyOf{}).(*proxies).last = proxy
	for name, value := range map[string]string{
		"IBID_STORE": "s3://" + args[0] + "/some/prefix", "IBID_S3_ENDPOINT": strings.TrimPrefix(proxy.URL, "http://"), "IBID_S3_SECURE": "false",
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		ts.Setenv(name, value)
	}
}

// proxies holds what `bucket` made for `outage`, which is another command of the same script.
type proxies struct{ last *faulty.Proxy }

// outage is `outage all|warc|none`: what the bucket answers 503 to from now on.
func outage(ts *testscript.TestScript, _ bool, args []string) {
	busy := func(*http.Request) *faulty.Answer { return &faulty.Answer{Status: http.StatusServiceUnavailable} }
	refuse, ok := map[string]func(*http.Request) *faulty.Answer{
		"none": nil,
		"all":  busy,
		"warc": func(r *http.Request) *faulty.Answer {
			if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/warc/") {
				return busy(r)
			}
			return nil
		},
	}[strings.Join(args, " ")]
	if !ok {
		ts.Fatalf("usage: outage all|warc|none")
	}
	ts.Value(proxyOf{}).(*proxies).last.Set(faulty.Faults{Refuse: refuse})
}

// await is `await GLOB`: waits up to a minute until a file matches.
func await(ts *testscript.TestScript, _ bool, args []string) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); ; <-tick.C {
		names, err := filepath.Glob(ts.MkAbs(args[0]))
		ts.Check(err)
		if len(names) > 0 {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("no file matches %s", args[0])
		}
	}
}
