package notify

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
)

const (
	// maxReplyLine is longer than any line that a mail server may send (512 bytes; RFC 5321, 4.5.3.1.5).
	maxReplyLine = 4 << 10
	// maxReplyLines is more than any server has extensions to name.
	maxReplyLines = 200
)

var errNoReply = errors.New("the mail server sends something that is no SMTP reply")

// reply is one reply of a mail server (RFC 5321, 4.2).
type reply struct {
	code  int
	lines []string
}

// readReply reads one reply: lines "250-text", the last one "250 text" or "250" alone, all of one code. r holds at
// least maxReplyLine bytes.
func readReply(r *bufio.Reader) (reply, error) {
	var all reply
	for range maxReplyLines {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return reply{}, errNoReply
		}
		if err != nil {
			return reply{}, fmt.Errorf("read the mail server's reply: %w", err)
		}
		code, text, more, ok := parseReplyLine(strings.TrimRight(string(line), "\r\n"))
		if !ok || all.code != 0 && all.code != code {
			return reply{}, errNoReply
		}
		all.code = code
		all.lines = append(all.lines, text)
		if !more {
			return all, nil
		}
	}
	return reply{}, errNoReply
}

func parseReplyLine(line string) (code int, text string, more, ok bool) {
	if len(line) < 3 {
		return 0, "", false, false
	}
	for _, b := range []byte(line[:3]) {
		if b < '0' || b > '9' {
			return 0, "", false, false
		}
		code = 10*code + int(b-'0')
	}
	if code < 200 || code > 599 {
		return 0, "", false, false
	}
	if len(line) == 3 {
		return code, "", false, true
	}
	return code, line[4:], line[3] == '-', line[3] == '-' || line[3] == ' '
}

// extension returns the words after that keyword in a reply to EHLO (RFC 5321, 4.1.1.1), and whether it is there.
func (r reply) extension(keyword string) (words []string, ok bool) {
	for _, line := range r.lines[min(1, len(r.lines)):] {
		fields := strings.Fields(line)
		if len(fields) > 0 && strings.EqualFold(fields[0], keyword) {
			return fields[1:], true
		}
	}
	return nil, false
}

// refusal is the error of a reply that is not the one wanted.
func (r reply) refusal(what string) error {
	return fmt.Errorf("the mail server answers %s with %d %s", what, r.code, oneLine(strings.Join(r.lines, " "), maxTitle))
}
