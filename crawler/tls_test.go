package crawler

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/netguard"
)

// authority signs the certificates of a test.
type certAuthority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newCertAuthority(t *testing.T) *certAuthority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &certAuthority{cert, key}
}

// issue makes a server's configuration with a certificate for host; signer nil is itself.
func issue(t *testing.T, signer *certAuthority, host string, notAfter time.Time) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	parent, parentKey := template, key
	if signer != nil {
		parent, parentKey = signer.cert, signer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestCertificatesAreNotedAndNotTrusted(t *testing.T) {
	ca := newCertAuthority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.cert)
	later := time.Now().Add(time.Hour)
	old := issue(t, ca, "good.example", later)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	for name, tc := range map[string]struct {
		config *tls.Config
		class  ibid.Class
		ahead  time.Duration // the clock that the Crawler is given
	}{
		"good":        {issue(t, ca, "good.example", later), "", 0},
		"by now":      {issue(t, ca, "good.example", later), ibid.ClassTLSExpired, 2 * time.Hour},
		"self-signed": {issue(t, nil, "good.example", later), ibid.ClassTLSUnverified, 0},
		"expired":     {issue(t, ca, "good.example", time.Now().Add(-time.Hour)), ibid.ClassTLSExpired, 0},
		"wrong host":  {issue(t, ca, "other.example", later), ibid.ClassTLSWrongHost, 0},
		"old version": {old, ibid.ClassTLSVersion, 0},
	} {
		t.Run(name, func(t *testing.T) {
			answer := okText("text/plain", "secured")
			s := serve(t, tc.config, map[string]script{"/": say(answer)})
			o := fast()
			o.RootCAs, o.Now = roots, func() time.Time { return time.Now().Add(tc.ahead) }
			c := newCrawlerAllowing(t, o, netguard.Options{Allow: []string{s.addr}, ConnectTo: []string{"good.example:443:" + s.addr}})
			var sink memSink
			v := visitOne(t, c, &sink, "https://good.example/")
			want := ibid.Archived
			if tc.class != "" {
				want = ibid.ArchivedNoted
			}
			if v.Verdict != want || v.Class != tc.class {
				t.Errorf("%s %q, want %s %q", v.Verdict, v.Class, want, tc.class)
			}
			for _, x := range sink.at("good.example/") {
				checkExchange(t, x)
				if x.response != answer || x.TLS == nil || x.TLS.Problem != tc.class || !x.TLS.Certificate.Valid() || x.TLS.NotAfter.IsZero() {
					t.Errorf("stored %q with %+v", x.response, x.TLS)
				}
			}
		})
	}
}

func TestHandshakesThatFail(t *testing.T) {
	for name, tc := range map[string]struct {
		talk  func(net.Conn)
		class ibid.Class
	}{
		"not TLS": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, ibid.ClassTLSHandshake},
		"closes":  {func(net.Conn) {}, ibid.ClassTLSHandshake},
		"alert":   {func(c net.Conn) { _, _ = c.Write([]byte{21, 3, 1, 0, 2, 2, 70}) }, ibid.ClassTLSVersion},
		"silence": {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ibid.ClassTimeoutTLS},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = c.Read(make([]byte, 4096))
					tc.talk(c)
					_ = c.Close()
				}
			}()
			t.Cleanup(func() { _ = l.Close(); <-stopped })
			c := newCrawlerAllowing(t, fast(), netguard.Options{Allow: []string{l.Addr().String()}})
			v := visitOne(t, c, &memSink{}, "https://"+l.Addr().String()+"/")
			if v.Verdict != ibid.Failed || v.Class != tc.class {
				t.Errorf("%s %q (%s), want failed %q", v.Verdict, v.Class, v.Reason, tc.class)
			}
		})
	}
}

// Over TLS, the end of the connection without close_notify may be an attacker's: what came is not the whole.
func TestTruncationWithoutCloseNotify(t *testing.T) {
	for name, abrupt := range map[string]bool{"closed": false, "cut": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, issue(t, nil, "x", time.Now().Add(time.Hour)), map[string]script{
				"/": func(c net.Conn, _ <-chan struct{}) bool {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nhalf a page")
					if abrupt {
						_ = c.(*tls.Conn).NetConn().Close()
					}
					return false
				},
			})
			var sink memSink
			v := visitOne(t, newCrawler(t, fast(), s), &sink, "https://"+s.addr+"/")
			x := sink.at("/")
			if len(x) != 1 || x[0].response != "HTTP/1.1 200 OK\r\n\r\nhalf a page" {
				t.Fatalf("%s %s: %+v", v.Verdict, v.Class, x)
			}
			if want := map[bool]ibid.Verdict{true: ibid.Truncated, false: ibid.ArchivedNoted}[abrupt]; v.Verdict != want {
				t.Errorf("%s %s, want %s", v.Verdict, v.Class, want)
			}
		})
	}
}
