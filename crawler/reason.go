package crawler

import (
	"errors"
	"net"
	"os"
	"strings"

	"github.com/ibid-archive/ibid"
)

// reasons tell a person what a class means, in one line.
func reason(class ibid.Class) string {
	switch class {
	case "":
		return ""
	case ibid.ClassAddressRefused:
		return "the address is not one of the public web"
	case ibid.ClassSchemeRefused:
		return "the address is not of http or https"
	case ibid.ClassRobotsDenied:
		return "the site's robots.txt does not allow it"
	case ibid.ClassRobotsUnreachable:
		return "the site's robots.txt could not be read, so nothing was fetched for now"
	case ibid.ClassDNS:
		return "the host's name could not be found"
	case ibid.ClassConnect:
		return "no connection to the host could be made"
	case ibid.ClassURLTooLong:
		return "the address is too long"
	case ibid.ClassServerBusy:
		return "the server is busy and asks to come back later; its answer is kept"
	case ibid.ClassBudgetPages:
		return "more pages are linked than the budget of pages allows"
	}
	if s := responseReason(class); s != "" {
		return s
	}
	return string(class)
}

func responseReason(class ibid.Class) string {
	switch class {
	case ibid.ClassConnectionReset:
		return "the server reset the connection"
	case ibid.ClassTimeoutConnect:
		return "the host did not take the connection in time"
	case ibid.ClassTimeoutTLS:
		return "the connection could not be secured in time"
	case ibid.ClassTimeoutHeader:
		return "the server did not answer in time"
	case ibid.ClassTimeoutIdle:
		return "the server stopped sending; what came is kept"
	case ibid.ClassLimitTime:
		return "the response took longer than the limit; what came is kept"
	case ibid.ClassLimitLength:
		return "the response is larger than the limit; the beginning is kept"
	case ibid.ClassDisconnect:
		return "the connection ended before the response did; what came is kept"
	case ibid.ClassEmptyReply:
		return "the server closed the connection without an answer"
	case ibid.ClassHeaderTooLarge:
		return "the head of the response is larger than the limit"
	case ibid.ClassMalformedStatus:
		return "the server did not give an HTTP answer to what was asked"
	case ibid.ClassMalformedHeader:
		return "the head of the response is not valid HTTP"
	case ibid.ClassMalformedLength:
		return "the response contradicts itself about its length"
	case ibid.ClassMalformedChunk:
		return "the chunks of the response are not valid HTTP; what came is kept"
	}
	return noteReason(class)
}

func noteReason(class ibid.Class) string {
	switch class {
	case ibid.ClassTLSHandshake:
		return "the connection could not be secured"
	case ibid.ClassTLSUnverified:
		return "kept, but the server's certificate could not be verified"
	case ibid.ClassTLSExpired:
		return "kept, but the server's certificate has expired"
	case ibid.ClassTLSWrongHost:
		return "kept, but the server's certificate is for another host"
	case ibid.ClassTLSVersion:
		return "the server speaks only an outdated version of TLS"
	case ibid.ClassRedirectLoop:
		return "its redirects lead in a circle"
	case ibid.ClassRedirectLimit:
		return "it redirects more often than the limit"
	case ibid.ClassRedirectInvalid:
		return "it redirects to what is no address"
	case ibid.ClassDecodeFailed:
		return "kept as sent, but its content coding could not be undone"
	case ibid.ClassDecodedTooLarge:
		return "kept as sent, but decoded it is larger than the limit"
	case ibid.ClassLinksNotExtracted:
		return "kept, but the page could not be read as a tree"
	case ibid.ClassLinksCapped:
		return "kept, but it refers to more than is followed"
	case ibid.ClassCharsetConflict:
		return "kept, but it contradicts itself about its charset"
	}
	return ""
}

// sentence joins the reason of a class with what the error adds to it.
func sentence(class ibid.Class, err error) string {
	var e *ibid.Error
	detail := err
	if errors.As(err, &e) {
		detail = e.Err
	}
	if class == "" || detail == nil {
		return shorten(err.Error())
	}
	if r := reason(class); !strings.Contains(detail.Error(), r) {
		return shorten(r + ": " + innermost(detail).Error())
	}
	return shorten(detail.Error())
}

// innermost is what the system said of a connection, without the calls and addresses around it.
func innermost(err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Err == nil {
		return err
	}
	var call *os.SyscallError
	if errors.As(op.Err, &call) {
		return call.Err
	}
	return op.Err
}

// shorten keeps foreign words in a sentence of ours bounded, valid and on one line.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	const limit = 300
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}
