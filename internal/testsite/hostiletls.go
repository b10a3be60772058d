package testsite

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"
)

var errNoHandshake = errors.New("this host shakes no hands")

// serveTLS shakes hands as the case of the server name wants it, and then answers. A name without a
// case of its own gets a good certificate.
func (s *HostileServer) serveTLS(ctx context.Context, raw net.Conn) {
	conn := tls.Server(raw, &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			name, _ := cutDomain(hello.ServerName)
			if c := s.cases[name]; c != nil && c.hello != nil {
				return c.hello(ctx, s, raw)
			}
			return &tls.Config{GetCertificate: s.ca.certificate, MinVersion: tls.VersionTLS12}, nil
		},
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return
	}
	s.serve(ctx, conn, raw)
	// Closing sends close_notify; a script that wants none has closed the connection below.
	_ = conn.Close()
}

// certified makes a hello with one certificate, made by make when it is asked for.
func certified(make func(*authority) (*tls.Certificate, error)) func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) {
	return func(_ context.Context, s *HostileServer, _ net.Conn) (*tls.Config, error) {
		cert, err := make(s.ca)
		if err != nil {
			return nil, err
		}
		return &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}, nil
	}
}

// leafFor makes a hello with a certificate for host, valid from now+from to now+to.
func leafFor(host string, from, to time.Duration) func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) {
	return certified(func(ca *authority) (*tls.Certificate, error) {
		return ca.leaf(host, time.Now().Add(from), time.Now().Add(to))
	})
}

// untrusted makes a hello with a certificate that is right but for its authority.
func untrusted(host string) func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) {
	return certified(func(*authority) (*tls.Certificate, error) {
		other, err := newAuthority()
		if err != nil {
			return nil, err
		}
		return other.leaf(host, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	})
}

// selfSigned makes a hello with an authority's own certificate as that of the host.
func selfSigned(host string) func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) {
	return certified(func(*authority) (*tls.Certificate, error) {
		other, err := newAuthority(host)
		if err != nil {
			return nil, err
		}
		return &tls.Certificate{Certificate: [][]byte{other.cert.Raw}, PrivateKey: other.key}, nil
	})
}

// onlyVersion makes a hello that speaks one version of TLS, be it out of use.
func onlyVersion(version uint16) func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) {
	return func(_ context.Context, s *HostileServer, _ net.Conn) (*tls.Config, error) {
		return &tls.Config{GetCertificate: s.ca.certificate, MinVersion: version, MaxVersion: version}, nil //nolint:gosec // the threat itself
	}
}

func cutDomain(host string) (string, bool) {
	if len(host) <= len(hostileDomain) || host[len(host)-len(hostileDomain):] != hostileDomain {
		return "", false
	}
	return host[:len(host)-len(hostileDomain)], true
}

// tlsCases are threats of the handshake and of the end of a TLS connection.
func tlsCases() []*hostileCase {
	threat := func(name, want, class, note string) Threat {
		return Threat{Name: name, Group: groupTLS, URL: "https://" + name + hostileDomain + "/", Want: want, WantClass: class, Note: note}
	}
	page := answer("Content-Type: text/html\r\n", "<title>over TLS</title>")
	name := func(n string) string { return n + hostileDomain }
	return []*hostileCase{
		{Threat: threat("tls-good", archived, "", "a certificate of the CA file"), script: page},
		{Threat: threat("tls-self-signed", noted+"|"+failed, "tls-unverified", "noted by default, failed by policy"), script: page, hello: selfSigned(name("tls-self-signed"))},
		{Threat: threat("tls-untrusted", noted+"|"+failed, "tls-unverified", "signed by an authority that nobody knows"), script: page, hello: untrusted(name("tls-untrusted"))},
		{Threat: threat("tls-expired", noted+"|"+failed, "tls-expired", "ended an hour ago"), script: page, hello: leafFor(name("tls-expired"), -2*time.Hour, -time.Hour)},
		{Threat: threat("tls-not-yet", noted+"|"+failed, "tls-expired|tls-unverified", "begins in an hour"), script: page, hello: leafFor(name("tls-not-yet"), time.Hour, 2*time.Hour)},
		{Threat: threat("tls-wrong-host", noted+"|"+failed, "tls-wrong-host", "a certificate for another name"), script: page, hello: leafFor("other.example", -time.Hour, time.Hour)},
		{Threat: threat("tls-1-0", failed+"|"+noted, "tls-version", "TLS 1.0 only"), script: page, hello: onlyVersion(tls.VersionTLS10)},
		{Threat: threat("tls-1-1", failed+"|"+noted, "tls-version", "TLS 1.1 only"), script: page, hello: onlyVersion(tls.VersionTLS11)},
		{Threat: threat("tls-client-cert", failed, "tls-handshake|connection-reset|disconnect|empty-reply", "wants a client's certificate"),
			script: page, hello: func(_ context.Context, s *HostileServer, _ net.Conn) (*tls.Config, error) {
				return &tls.Config{GetCertificate: s.ca.certificate, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}, nil
			}},
		{Threat: threat("tls-alert", failed, "tls-handshake", "a fatal alert instead of a handshake"),
			hello: func(context.Context, *HostileServer, net.Conn) (*tls.Config, error) { return nil, errNoHandshake }},
		{Threat: threat("tls-plain-http", failed, "tls-handshake", "HTTP without TLS on the port of HTTPS"),
			hello: func(_ context.Context, _ *HostileServer, raw net.Conn) (*tls.Config, error) {
				_, err := raw.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
				return nil, errors.Join(errNoHandshake, err, raw.Close())
			}},
		{Threat: threat("tls-closed", failed, "tls-handshake|disconnect|connection-reset", "closes in the handshake"),
			hello: func(_ context.Context, _ *HostileServer, raw net.Conn) (*tls.Config, error) {
				return nil, errors.Join(errNoHandshake, raw.Close())
			}},
		{Threat: threat("tls-silence", failed, "timeout-tls", "takes the client's hello and says nothing"),
			hello: func(ctx context.Context, _ *HostileServer, raw net.Conn) (*tls.Config, error) {
				return nil, untilGone(ctx, raw)
			}},
		{Threat: threat("tls-cut-no-length", truncated+"|"+noted, "disconnect", "no close_notify at the end of a body without a length"), script: unfinished("")},
		{Threat: threat("tls-cut-in-body", truncated, "disconnect|connection-reset", "no close_notify, and bytes are missing"), script: unfinished("Content-Length: 1000\r\n")},
		{Threat: threat("tls-no-close-notify", archived+"|"+noted, "|disconnect", "no close_notify after a body that is whole"), script: unfinished("Content-Length: 13\r\n")},
	}
}

// unfinished sends a body of 13 bytes and closes the connection below TLS.
func unfinished(length string) script {
	return func(_ context.Context, x *exchange) error {
		err := x.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + length + "\r\n<title>x</p>\n")
		return errors.Join(err, x.raw.Close())
	}
}
