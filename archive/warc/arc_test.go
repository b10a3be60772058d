package warc

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

const (
	arcHead = "filedesc://test.arc 0.0.0.0 20090604120000 text/plain 76\n" +
		"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
	arcPage = "http://example.org/ 192.0.2.7 20090604120001 text/html 45\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nA"
	arcDNS  = "dns:example.org 192.0.2.1 20090604120002 text/dns 4\n1.2\n"
	arcTwo  = "http://example.org/a b 192.0.2.7 20090604120003 text/html 200 - - 99 test.arc 16\nHTTP/1.0 404 \r\n\r\n"
)

// entries reads what there is as WARC: type, address, status, date.
func entries(t testing.TB, open Opener) (all []string, failed error) {
	t.Helper()
	r := NewReader(open)
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		x, err := e.Examine()
		if err != nil {
			return all, err
		}
		line := string(e.Type) + " " + e.TargetURI + " " + e.Date.Format("15:04:05")
		if x.Message != nil {
			line += " " + x.Message.Start
		}
		if ip := e.Header.Get("WARC-IP-Address"); ip != "" {
			line += " from " + ip
		}
		all = append(all, line)
		if _, err := r.Finish(); err != nil {
			return all, err
		}
	}
}

func TestARC(t *testing.T) {
	var zipped bytes.Buffer
	for _, part := range []string{arcHead, arcPage + "\n", arcDNS, arcTwo + "\n"} {
		z := gzip.NewWriter(&zipped)
		if _, err := io.WriteString(z, part); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"warcinfo  12:00:00", "response http://example.org/ 12:00:01 HTTP/1.1 200 OK from 192.0.2.7", "resource dns:example.org 12:00:02 from 192.0.2.1",
		"response http://example.org/a%20b 12:00:03 HTTP/1.0 404  from 192.0.2.7",
	}
	for _, c := range []struct{ name, file string }{
		{"plain", arcHead + "\n" + arcPage + "\n" + arcDNS + "\n" + arcTwo + "\n"}, {"gzipped", zipped.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := FromReaderAt(strings.NewReader(c.file), int64(len(c.file)))
			if is, err := IsARC(open); !is || err != nil {
				t.Fatalf("it is no ARC file: %v", err)
			}
			got, err := entries(t, FromARC(open))
			if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("read\n%s\n%v", strings.Join(got, "\n"), err)
			}
		})
	}
}

func TestARCThatIsNone(t *testing.T) {
	for _, c := range []struct {
		name, file string
		is         bool
	}{
		{"empty", "", false},
		{"a WARC file", "WARC/1.1\r\n", false},
		{"a gzip file that is cut", "\x1f\x8b\x08", false},
		{"a line that is none", arcHead + "\nwhat is this?\n", true},
		{"a negative length", "filedesc://test.arc 0.0.0.0 20090604120000 text/plain -1\n", true},
		{"a month that is none", "filedesc://test.arc 0.0.0.0 20091304120000 text/plain 1\n1", true},
		{"cut within a record", arcHead + arcPage[:len(arcPage)-1], true},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := FromReaderAt(strings.NewReader(c.file), int64(len(c.file)))
			if is, err := IsARC(open); is != c.is || err != nil {
				t.Fatalf("ARC: %v, %v", is, err)
			}
			if _, err := entries(t, FromARC(open)); c.is && err == nil {
				t.Error("it was read without an error")
			}
		})
	}
}

// FuzzARC: whatever bytes come, reading ends, and gives the same ids twice.
func FuzzARC(f *testing.F) {
	f.Add([]byte(arcHead + "\n" + arcPage + "\n" + arcDNS))
	f.Add([]byte(arcHead + arcTwo))
	f.Add([]byte("filedesc://test.arc 0.0.0.0 20090604120000 text/plain 99999999999999\n1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		open := FromReaderAt(bytes.NewReader(b), int64(len(b)))
		first, _ := entries(t, FromARC(open))
		second, _ := entries(t, FromARC(open))
		if strings.Join(first, "\n") != strings.Join(second, "\n") {
			t.Errorf("two readings differ: %q, %q", first, second)
		}
	})
}

func TestExamine(t *testing.T) {
	const page = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	record := func(fields string) string {
		return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x>\r\nWARC-Date: 2009-06-04T12:00:00Z\r\nWARC-Target-URI: http://example.org/\r\n" +
			"Content-Type: application/http; msgtype=response\r\n" + fields + "Content-Length: 62\r\n\r\n" + page + "\r\n\r\n"
	}
	const hello = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	for _, c := range []struct {
		name, fields string
		want         Code
	}{
		{"without digests", "", ""},
		{"the digest of the entity", "WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n", ""},
		{"the digest of the body as sent", "WARC-Payload-Digest: sha1:" + sumOfBody + "\r\n", ""},
		{"the digest of something else", "WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", CodePayload},
		{"another block", "WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", CodeBlock},
		{"a digest of no known form", "WARC-Payload-Digest: xyz:1\r\n", CodeAlgorithm},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := record(c.fields)
			r := NewReader(FromReaderAt(strings.NewReader(text), int64(len(text))))
			e, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			x, err := e.Examine()
			if err != nil || x.Payload != hello || x.PayloadLen != 5 || x.Message == nil || x.Message.Status != 200 {
				t.Errorf("%+v, %v", x, err)
			}
			code := Code("")
			if len(x.Problems) > 0 {
				code = x.Problems[0].Code
			}
			if code != c.want {
				t.Errorf("found %q, not %q", code, c.want)
			}
		})
	}
}

// sumOfBody is the SHA-1 of the chunked body of the page, in hexadecimal digits.
const sumOfBody = "2bd492808f221842ca5a36a436c9bdc2afb6f537"
