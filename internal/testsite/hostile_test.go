package testsite

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

// startHostile starts the servers until the test ends, and returns a client for them that trusts their
// CA, follows no redirect, decodes nothing and takes heads of up to 1 MiB.
func startHostile(t *testing.T) (*HostileServer, *http.Client) {
	t.Helper()
	return startHostileWith(t, hostileCases)
}

func startHostileWith(t *testing.T, table func(string) []*hostileCase) (*HostileServer, *http.Client) {
	t.Helper()
	s, err := hostile(time.Millisecond, table)
	if err != nil {
		t.Fatal(err)
	}
	config, err := trusting(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	to := map[string]string{}
	for _, entry := range s.ConnectTo() {
		part := strings.Split(entry, ":")
		to[part[0]+":"+part[1]] = part[2] + ":" + part[3]
	}
	transport := &http.Transport{
		DisableCompression: true, DisableKeepAlives: true, TLSClientConfig: config, MaxResponseHeaderBytes: HostileLimits().Header,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, to[addr])
		},
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// ask fetches url as far as limit bytes of its body. resp is nil when no answer began.
func ask(ctx context.Context, c *http.Client, url string, limit int64) (resp *http.Response, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	if resp, err = c.Do(req); err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, limit))
	return resp, body, err
}

// drain is ask for bodies that need not be kept: it counts their bytes.
func drain(ctx context.Context, c *http.Client, url string, limit int64) (resp *http.Response, n int64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, 0, err
	}
	if resp, err = c.Do(req); err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	n, err = io.Copy(io.Discard, io.LimitReader(resp.Body, limit))
	return resp, n, err
}

func TestThreatsAreATable(t *testing.T) {
	s, _ := startHostile(t)
	verdicts := []string{string(ibid.Archived), string(ibid.ArchivedNoted), string(ibid.Truncated), string(ibid.Failed), string(ibid.Refused)}
	classes := []string{
		"", "*", string(ibid.ClassAddressRefused), string(ibid.ClassSchemeRefused), string(ibid.ClassRobotsDenied),
		string(ibid.ClassRobotsUnreachable), string(ibid.ClassPolicyNoArchive), string(ibid.ClassConnect), string(ibid.ClassConnectionReset),
		string(ibid.ClassTimeoutTLS), string(ibid.ClassTimeoutHeader), string(ibid.ClassTimeoutIdle), string(ibid.ClassLimitTime),
		string(ibid.ClassLimitLength), string(ibid.ClassDisconnect), string(ibid.ClassHeaderTooLarge), string(ibid.ClassMalformedStatus),
		string(ibid.ClassMalformedHeader), string(ibid.ClassMalformedLength), string(ibid.ClassMalformedChunk), string(ibid.ClassEmptyReply),
		string(ibid.ClassTLSHandshake), string(ibid.ClassTLSUnverified), string(ibid.ClassTLSExpired), string(ibid.ClassTLSWrongHost),
		string(ibid.ClassTLSVersion), string(ibid.ClassRedirectLoop), string(ibid.ClassRedirectLimit), string(ibid.ClassRedirectInvalid),
		string(ibid.ClassURLTooLong), string(ibid.ClassDecodeFailed), string(ibid.ClassDecodedTooLarge), string(ibid.ClassLinksNotExtracted),
		string(ibid.ClassLinksCapped), string(ibid.ClassCharsetConflict), string(ibid.ClassServerBusy), string(ibid.ClassBudgetPages),
	}
	entries := "\n" + strings.Join(s.ConnectTo(), "\n") + "\n"
	seen := map[string]bool{}
	for _, threat := range s.Threats() {
		if seen[threat.Name] || threat.Group == "" {
			t.Errorf("%s: twice, or without a group", threat.Name)
		}
		seen[threat.Name] = true
		for v := range strings.SplitSeq(threat.Want, "|") {
			if !slices.Contains(verdicts, v) {
				t.Errorf("%s: no verdict %q", threat.Name, v)
			}
		}
		for c := range strings.SplitSeq(threat.WantClass, "|") {
			if !slices.Contains(classes, c) {
				t.Errorf("%s: no class %q", threat.Name, c)
			}
		}
		if threat.Group == groupSSRF {
			continue
		}
		if u, err := url.Parse(threat.URL); err != nil || u.Host != threat.Name+hostileDomain {
			t.Errorf("%s: address %s: %v", threat.Name, threat.URL, err)
		}
		if !strings.Contains(entries, "\n"+threat.Name+hostileDomain+":80:"+s.Allow()[0]+"\n") {
			t.Errorf("%s: no entry to connect to", threat.Name)
		}
	}
	if len(seen) < 200 {
		t.Errorf("the table has %d rows", len(seen))
	}
}

func TestFits(t *testing.T) {
	tests := []struct {
		want, wantClass, verdict, class string
		fits                            bool
	}{
		{"archived", "", "archived", "", true},
		{"archived", "", "archived-noted", "", false},
		{"archived|archived-noted", "decode-failed", "archived", "", true},
		{"archived|archived-noted", "decode-failed", "archived", "decode-failed", false},
		{"archived|archived-noted", "decode-failed", "archived-noted", "decode-failed", true},
		{"archived|archived-noted", "decode-failed", "archived-noted", "", false},
		{"failed", "tls-version|tls-handshake", "failed", "tls-handshake", true},
		{"failed", "*", "failed", "disconnect", true},
		{"failed", "*", "failed", "", false},
	}
	for _, tt := range tests {
		if got := (Threat{Want: tt.want, WantClass: tt.wantClass}).Fits(tt.verdict, tt.class); got != tt.fits {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// TestHostsDoWhatTheTableSays asks with net/http. Where the table wants one verdict, net/http must see the
// reason for it: a whole answer, a cut body, or no answer.
func TestHostsDoWhatTheTableSays(t *testing.T) {
	s, c := startHostile(t)
	limit := HostileLimits().Body + 1
	for _, threat := range s.Threats() {
		if slices.Contains([]string{groupSSRF, groupSlow, groupTLS}, threat.Group) {
			continue
		}
		t.Run(threat.Name, func(t *testing.T) {
			t.Parallel()
			resp, n, err := drain(t.Context(), c, threat.URL, limit)
			if threat.Group == groupChanging && err != nil {
				resp, n, err = drain(t.Context(), c, threat.URL, limit)
			}
			whole := err == nil && n < limit
			switch threat.Want {
			case archived, noted, archived + "|" + noted:
				if !whole {
					t.Errorf("the answer is not whole: %d bytes, %v", n, err)
				}
			case truncated:
				if resp == nil || whole {
					t.Errorf("the body is not cut: %v, %d bytes, %v", resp, n, err)
				}
			case failed:
				if resp != nil && err == nil {
					t.Errorf("there is an answer: %s, %d bytes", resp.Status, n)
				}
			}
			if n := s.Requests(threat.Name, "/"); n == 0 {
				t.Error("the host was not asked")
			}
		})
	}
	t.Cleanup(func() {
		if n := s.Canary(); n != 0 {
			t.Errorf("the canary saw %d connections", n)
		}
	})
}

// TestSlowHostsHoldTheLine waits for what each slow host sends, and sees that it neither ends nor closes:
// only giving up ends the wait.
func TestSlowHostsHoldTheLine(t *testing.T) {
	s, _ := startHostile(t)
	for _, threat := range s.Threats() {
		if threat.Group != groupSlow {
			continue
		}
		t.Run(threat.Name, func(t *testing.T) {
			t.Parallel()
			var d net.Dialer
			conn, err := d.DialContext(t.Context(), "tcp", s.Allow()[0])
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+threat.Name+hostileDomain+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			for s.Requests(threat.Name, "/") == 0 {
				if _, _, err := ask(t.Context(), http.DefaultClient, "http://"+s.Allow()[0]+"/", 1); err != nil {
					t.Fatal(err)
				}
			}
			// What has come by now, and 20 bytes more of what trickles, come without an end.
			if err := conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("the host has closed after %q: %v", got, err)
			}
			if strings.HasPrefix(threat.Name, "trickle") && len(got) < 20 {
				t.Errorf("it does not trickle: %q", got)
			}
		})
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
}

func TestTLSHosts(t *testing.T) {
	s, c := startHostile(t)
	tests := []struct {
		name string
		is   func(error) bool
	}{
		{"tls-good", func(err error) bool { return err == nil }},
		{"tls-self-signed", isError[x509.UnknownAuthorityError]},
		{"tls-untrusted", isError[x509.UnknownAuthorityError]},
		{"tls-expired", isError[x509.CertificateInvalidError]},
		{"tls-not-yet", isError[x509.CertificateInvalidError]},
		{"tls-wrong-host", isError[x509.HostnameError]},
		{"tls-1-0", saying("protocol version")},
		{"tls-1-1", saying("protocol version")},
		{"tls-client-cert", saying("certificate required")},
		{"tls-alert", saying("remote error: tls: internal error")},
		{"tls-plain-http", saying("server gave HTTP response to HTTPS client")},
		{"tls-closed", func(err error) bool { return err != nil }},
		{"tls-cut-no-length", func(err error) bool { return err == nil }}, // crypto/tls does not mind
		{"tls-cut-in-body", saying("unexpected EOF")},
		{"tls-no-close-notify", func(err error) bool { return err == nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := ask(t.Context(), c, "https://"+tt.name+hostileDomain+"/", 1<<10); !tt.is(err) {
				t.Errorf("got %v (%T)", err, errors.Unwrap(err))
			}
		})
	}
	if n := 1 + len(tests); n != countGroup(s, groupTLS) {
		t.Errorf("the table has %d hosts, with silence %d are tested", countGroup(s, groupTLS), n)
	}
}

// TestCloseNotifyIsMissing looks at the records of TLS 1.2, whose types are not encrypted: crypto/tls does not
// tell how a connection ended.
func TestCloseNotifyIsMissing(t *testing.T) {
	s, c := startHostile(t)
	const alert = 21 // RFC 5246, 6.2.1
	for name, want := range map[string]bool{"tls-good": true, "tls-cut-no-length": false, "tls-no-close-notify": false} {
		raw, err := net.Dial("tcp", s.Allow()[1])
		if err != nil {
			t.Fatal(err)
		}
		var seen bytes.Buffer
		config := c.Transport.(*http.Transport).TLSClientConfig.Clone()
		config.ServerName, config.MaxVersion = name+hostileDomain, tls.VersionTLS12
		conn := tls.Client(teeConn{raw, io.TeeReader(raw, &seen)}, config)
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+name+hostileDomain+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(conn); err != nil || !bytes.Contains(body, []byte("<title>")) {
			t.Errorf("%s: %q, %v", name, body, err)
		}
		last := byte(0)
		for b := seen.Bytes(); len(b) > 5; b = b[5+(int(b[3])<<8)+int(b[4]):] {
			last = b[0]
		}
		if got := last == alert; got != want {
			t.Errorf("%s: the last record is of type %d", name, last)
		}
		_ = raw.Close()
	}
}

// teeConn reads through another reader.
type teeConn struct {
	net.Conn
	r io.Reader
}

func (c teeConn) Read(b []byte) (int, error) { return c.r.Read(b) }

func countGroup(s *HostileServer, group string) int {
	n := 0
	for _, threat := range s.Threats() {
		if threat.Group == group {
			n++
		}
	}
	return n
}

func isError[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func saying(text string) func(error) bool {
	return func(err error) bool { return err != nil && strings.Contains(err.Error(), text) }
}

func TestSilentHandshakeEndsWithTheServer(t *testing.T) {
	s, err := hostile(time.Millisecond, hostileCases)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := net.Dial("tcp", s.Allow()[1])
	if err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(raw, &tls.Config{ServerName: "tls-silence" + hostileDomain, MinVersion: tls.VersionTLS12})
	done := make(chan error)
	go func() { done <- conn.HandshakeContext(t.Context()) }()
	select {
	case err := <-done:
		t.Errorf("the handshake has ended: %v", err)
	case <-time.After(50 * time.Millisecond):
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Error("hands were shaken")
		}
	}
	_ = raw.Close()
}

func TestCanaryCounts(t *testing.T) {
	s, _ := startHostile(t)
	for _, host := range []string{"127.0.0.1", "::1"} {
		before := s.Canary()
		conn, err := net.Dial("tcp", net.JoinHostPort(host, s.canary.port()))
		if err != nil {
			if host == "127.0.0.1" || len(s.canary.listeners) == 2 {
				t.Error(err)
			}
			continue
		}
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil || s.Canary() != before+1 {
			t.Errorf("%s: %d connections, %d bytes, %v", host, s.Canary(), n, err)
		}
		_ = conn.Close()
	}
	for _, allowed := range s.Allow() {
		if strings.HasSuffix(allowed, ":"+s.canary.port()) {
			t.Error("the canary is allowed")
		}
	}
}

func TestChangingHostsChange(t *testing.T) {
	s, c := startHostile(t)
	tests := []struct {
		name   string
		status []int // 0 is no answer
	}{
		{"429-then-good", []int{429, 200, 200}},
		{"503-then-good", []int{503, 200}},
		{"reset-then-good", []int{0, 200}},
		{"empty-then-good", []int{0, 200}},
		{"429-always", []int{429, 429, 429}},
	}
	for _, tt := range tests {
		for i, want := range tt.status {
			got := 0
			if resp, _, err := ask(t.Context(), c, "http://"+tt.name+hostileDomain+"/", 1<<10); err == nil {
				got = resp.StatusCode
			}
			// net/http asks again by itself when nothing came: the second answer counts then too.
			if got != want && (want != 0 || s.Requests(tt.name, "/") == i+1) {
				t.Errorf("%s: answer %d is %d, want %d", tt.name, i+1, got, want)
			}
		}
	}
	one, first, _ := ask(t.Context(), c, "http://same-etag-new-bytes"+hostileDomain+"/", 1<<10)
	two, second, _ := ask(t.Context(), c, "http://same-etag-new-bytes"+hostileDomain+"/", 1<<10)
	if one.Header.Get("ETag") != two.Header.Get("ETag") || string(first) == string(second) {
		t.Errorf("%q %q", first, second)
	}
}

func TestRobotsOfOtherHostsAreAbsent(t *testing.T) {
	_, c := startHostile(t)
	for name, want := range map[string]int{"silence": 404, "gzip-bomb": 404, "robots-denied": 200, "robots-503": 503} {
		resp, _, err := ask(t.Context(), c, "http://"+name+hostileDomain+"/robots.txt", 1<<10)
		if err != nil || resp.StatusCode != want {
			t.Errorf("%s: %v %v, want %d", name, resp, err, want)
		}
	}
}
