package smtpsink

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"net"
	"strings"
)

// session is the dialogue with one client.
type session struct {
	s      *Sink
	conn   net.Conn
	r      *bufio.Reader
	secure bool
	user   string
	mail   Message
}

// Serve speaks with the client at the other end of conn until it leaves, and closes conn.
func (s *Sink) Serve(conn net.Conn) {
	s.mu.Lock()
	s.conns[conn] = true
	s.mu.Unlock()
	defer func() {
		_ = conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	}()
	c := &session{s: s}
	c.use(conn, false)
	if s.o.Implicit {
		c.use(c.tls(), true)
	}
	c.say("220 sink.example ESMTP")
	for c.turn() {
	}
}

func (c *session) use(conn net.Conn, secure bool) {
	c.conn, c.r, c.secure = conn, bufio.NewReader(conn), secure
}

func (c *session) tls() net.Conn {
	return tls.Server(c.conn, &tls.Config{Certificates: []tls.Certificate{c.s.certificate}, MinVersion: tls.VersionTLS12})
}

func (c *session) say(line string) { _, _ = c.conn.Write([]byte(line + "\r\n")) }

// turn hears one line and answers; false ends the dialogue.
func (c *session) turn() bool {
	line, err := c.r.ReadString('\n')
	if err != nil {
		return false
	}
	line = strings.TrimRight(line, "\r\n")
	c.s.heard(line)
	if c.answered(line) {
		return true
	}
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		c.ehlo()
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		c.auth(rest)
	case "MAIL":
		c.from(rest)
	case "RCPT":
		c.mail.To = append(c.mail.To, envelope(rest))
		c.say("250 OK")
	case "DATA":
		return c.data()
	case "QUIT":
		c.say("221 bye")
		return false
	default:
		c.say("502 not known")
	}
	return true
}

func (c *session) answered(line string) bool {
	if c.s.o.Answer == nil {
		return false
	}
	answer := c.s.o.Answer(line)
	if answer != "" {
		c.say(answer)
	}
	return answer != ""
}

func (c *session) ehlo() {
	lines := []string{"sink.example greets you", "SIZE 10485760"}
	if c.s.o.STARTTLS && !c.secure {
		lines = append(lines, "STARTTLS")
	}
	if c.s.o.User != "" {
		lines = append(lines, "AUTH LOGIN PLAIN")
	}
	for i, line := range lines {
		if i < len(lines)-1 {
			c.say("250-" + line)
		} else {
			c.say("250 " + line)
		}
	}
}

func (c *session) startTLS() bool {
	if !c.s.o.STARTTLS || c.secure {
		c.say("502 not here")
		return true
	}
	c.say("220 go ahead")
	c.use(c.tls(), true)
	c.user = ""
	return true
}

func (c *session) auth(rest string) {
	mechanism, response, _ := strings.Cut(rest, " ")
	said, err := base64.StdEncoding.DecodeString(response)
	if !strings.EqualFold(mechanism, "PLAIN") || err != nil || string(said) != "\x00"+c.s.o.User+"\x00"+c.s.o.Password {
		c.say("535 no: " + rest) // as some servers do: what the client said is in the answer
		return
	}
	c.user = c.s.o.User
	c.say("235 welcome")
}

func (c *session) from(rest string) {
	if c.user != c.s.o.User {
		c.say("530 who are you?")
		return
	}
	c.mail = Message{From: envelope(rest), TLS: c.secure, User: c.user}
	c.say("250 OK")
}

// envelope is the address in "FROM:<address> ...".
func envelope(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// data takes the mail up to the line with the dot alone.
func (c *session) data() bool {
	if len(c.mail.To) == 0 {
		c.say("503 for whom?")
		return true
	}
	c.say("354 go on")
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return false
		}
		if strings.TrimRight(line, "\r\n") == "." {
			break
		}
		c.mail.Data = append(c.mail.Data, strings.TrimPrefix(line, ".")...)
	}
	if !c.answered(".") {
		c.s.keep(c.mail)
		c.say("250 taken")
	}
	c.mail = Message{}
	return true
}
