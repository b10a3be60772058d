package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what version 2 of the signature is made with, at a server of our own
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/ibid-archive/ibid/archive/blob/blobtest/faulty"
)

// serveBucket makes a bucket at a server of S3, and puts in front of it what can cut it off.
func (w *week) serveBucket(server string) {
	w.Helper()
	at, err := url.Parse(server)
	w.must(err)
	secret, _ := at.User.Password()
	name := fmt.Sprintf("ibid-week-%d-%d", os.Getpid(), time.Now().UnixMicro()%1e9)
	w.must(makeBucket(w.Context(), at, name))
	w.bucket, err = faulty.Start("http://"+at.Host, 1)
	w.must(err)
	w.Cleanup(func() { w.must(w.bucket.Close()) })
	w.env = append(w.env,
		"IBID_STORE=s3://"+name+"/iom-gfmd", "IBID_S3_ENDPOINT="+strings.TrimPrefix(w.bucket.URL, "http://"), "IBID_S3_SECURE=false",
		"AWS_ACCESS_KEY_ID="+at.User.Username(), "AWS_SECRET_ACCESS_KEY="+secret)
	w.Setenv("AWS_ACCESS_KEY_ID", at.User.Username()) // for the commands that are run in this process
	w.Setenv("AWS_SECRET_ACCESS_KEY", secret)
}

// makeBucket is what an administrator does by hand.
func makeBucket(ctx context.Context, at *url.URL, name string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+at.Host+"/"+name, nil) //nolint:gosec // a server of ours
	if err != nil {
		return err
	}
	secret, _ := at.User.Password()
	r.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	sum := hmac.New(sha1.New, []byte(secret))
	_, _ = fmt.Fprintf(sum, "PUT\n\n\n%s\n/%s", r.Header.Get("Date"), name) // a hash never fails to write
	r.Header.Set("Authorization", "AWS "+at.User.Username()+":"+base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	resp, err := http.DefaultClient.Do(r) //nolint:gosec // as above
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the bucket is not made: %s", resp.Status)
	}
	_ = resp.Body.Close()
	return err
}
