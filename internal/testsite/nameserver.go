package testsite

import (
	"errors"
	"net"
	"sync"
)

// nameServer is a name server (RFC 1035) that answers every question with "no such name". It makes
// unknown hosts unknown without asking the network.
type nameServer struct {
	conn    net.PacketConn
	running sync.WaitGroup
}

func startNameServer() (*nameServer, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &nameServer{conn: conn}
	n.running.Go(n.serve)
	return n, nil
}

func (n *nameServer) addr() string { return n.conn.LocalAddr().String() }

func (n *nameServer) close() error {
	err := n.conn.Close()
	n.running.Wait()
	return err
}

func (n *nameServer) serve() {
	buf := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if answer := noSuchName(buf[:size]); answer != nil {
			// A lost answer is asked for again.
			_, _ = n.conn.WriteTo(answer, from)
		}
	}
}

// noSuchName makes the answer to a query: its own header and question, with RCODE 3. It returns nil for
// what is not a query with one question.
func noSuchName(query []byte) []byte {
	const header = 12
	if len(query) < header || query[2]&0x80 != 0 || query[4] != 0 || query[5] != 1 {
		return nil
	}
	end := header
	for end < len(query) && query[end] != 0 {
		if query[end] > 63 {
			return nil
		}
		end += 1 + int(query[end])
	}
	end += 1 + 4 // the root label, type, class
	if end > len(query) {
		return nil
	}
	answer := append([]byte(nil), query[:end]...)
	answer[2] = 0x80 | query[2]&0x79 // an answer, with the same opcode and recursion wish
	answer[3] = 0x80 | 3             // recursion available; no such name
	copy(answer[6:header], make([]byte, 6))
	return answer
}
