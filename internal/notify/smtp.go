package notify

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// dialogue is a connection to a mail server (RFC 5321).
type dialogue struct {
	conn   net.Conn
	r      *bufio.Reader
	secure bool
	hello  reply
}

// transmit sends text to the recipient. A nil means that the server has taken it. The connection ends with ctx.
func (m *Mail) transmit(ctx context.Context, text []byte) error {
	conn, err := m.o.Dial(ctx, "tcp", m.o.Server)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // wakes who reads or writes
	defer func() {
		stop()
		_ = conn.Close() // what mattered was answered
	}()
	d := &dialogue{}
	if err := d.greet(ctx, conn, m); err != nil {
		return err
	}
	if err := d.login(m); err != nil {
		return err
	}
	for _, step := range []struct {
		command string
		want    int
	}{{"MAIL FROM:<" + m.from.Address + ">", 250}, {"RCPT TO:<" + m.to.Address + ">", 250}, {"DATA", 354}} {
		if err := d.expect(step.command, step.want); err != nil {
			return err
		}
	}
	if err := d.data(text); err != nil {
		return err
	}
	_ = d.expect("QUIT", 221) // the mail is theirs already
	return nil
}

// greet begins the dialogue and secures it as m says.
func (d *dialogue) greet(ctx context.Context, conn net.Conn, m *Mail) error {
	if m.o.Security == SecurityTLS {
		if err := d.secureWith(ctx, conn, m); err != nil {
			return err
		}
	} else {
		d.use(conn, false)
	}
	if r, err := readReply(d.r); err != nil {
		return err
	} else if r.code != 220 {
		return r.refusal("the connection")
	}
	if err := d.ehlo(); err != nil {
		return err
	}
	if m.o.Security != SecuritySTARTTLS {
		return nil
	}
	if _, offered := d.hello.extension("STARTTLS"); !offered {
		if isLoopback(m.host) {
			return nil
		}
		return errors.New("the mail server does not offer STARTTLS: nothing is sent in the clear")
	}
	if err := d.expect("STARTTLS", 220); err != nil {
		return err
	}
	if d.r.Buffered() > 0 { // somebody on the way put it there, to be taken for what comes over TLS
		return errors.New("the mail server sends in the clear after STARTTLS")
	}
	if err := d.secureWith(ctx, conn, m); err != nil {
		return err
	}
	return d.ehlo() // what was said in the clear does not count (RFC 3207, 4.2)
}

func (d *dialogue) use(conn net.Conn, secure bool) {
	d.conn, d.r, d.secure = conn, bufio.NewReaderSize(conn, maxReplyLine), secure
}

func (d *dialogue) secureWith(ctx context.Context, conn net.Conn, m *Mail) error {
	c := tls.Client(conn, &tls.Config{ServerName: m.host, RootCAs: m.o.Roots, MinVersion: tls.VersionTLS12})
	if err := c.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("secure the connection to the mail server: %w", err)
	}
	d.use(c, true)
	return nil
}

// ehlo says who calls: by the address of this end of the connection (RFC 5321, 4.1.3), which is true everywhere.
func (d *dialogue) ehlo() error {
	name := "localhost"
	if tcp, ok := d.conn.LocalAddr().(*net.TCPAddr); ok {
		if name = "[" + tcp.IP.String() + "]"; tcp.IP.To4() == nil {
			name = "[IPv6:" + tcp.IP.String() + "]"
		}
	}
	r, err := d.say("EHLO " + name)
	if err == nil && r.code != 250 {
		err = r.refusal("EHLO")
	}
	d.hello = r
	return err
}

// login sends user and password, over TLS alone. What the server says to it is not repeated: some say the command
// again.
func (d *dialogue) login(m *Mail) error {
	if m.o.User == "" {
		return nil
	}
	mechanisms, _ := d.hello.extension("AUTH")
	switch {
	case !d.secure:
		return errors.New("the mail server does not offer STARTTLS: the password is not sent in the clear")
	case !slices.ContainsFunc(mechanisms, func(s string) bool { return strings.EqualFold(s, "PLAIN") }):
		return errors.New("the mail server does not offer AUTH PLAIN")
	}
	r, err := d.say("AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+m.o.User+"\x00"+string(m.o.Password))))
	if err == nil && r.code != 235 {
		err = fmt.Errorf("the mail server refuses the user or password (%d)", r.code)
	}
	return err
}

// data sends text with its leading dots doubled (RFC 5321, 4.5.2) and waits for the receipt.
func (d *dialogue) data(text []byte) error {
	w := bufio.NewWriter(d.conn)
	for line := range bytes.Lines(text) {
		if line[0] == '.' {
			_ = w.WriteByte('.') // Flush says what went wrong
		}
		_, _ = w.Write(line)
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		_, _ = w.WriteString("\r\n")
	}
	_, _ = w.WriteString(".\r\n")
	if err := w.Flush(); err != nil {
		return fmt.Errorf("send the mail: %w", err)
	}
	r, err := readReply(d.r)
	if err == nil && r.code != 250 {
		err = r.refusal("the mail")
	}
	return err
}

func (d *dialogue) say(command string) (reply, error) {
	if _, err := d.conn.Write([]byte(command + "\r\n")); err != nil {
		return reply{}, fmt.Errorf("talk to the mail server: %w", err)
	}
	return readReply(d.r)
}

// expect says command and wants that code.
func (d *dialogue) expect(command string, code int) error {
	r, err := d.say(command)
	if err == nil && r.code != code {
		err = r.refusal(command)
	}
	return err
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
