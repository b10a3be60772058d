package netguard

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/ibid-archive/ibid"
)

func listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

func mustNew(t *testing.T, o Options) *Dialer {
	t.Helper()
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRefusesWhatIsNotPublic(t *testing.T) {
	d := mustNew(t, Options{})
	for _, host := range []string{
		"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1.",
		"localhost", "localhost.", "LOCALHOST", "0.0.0.0", "0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "100.100.100.200", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
		"::1", "::", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "fe80::1", "fc00::1", "fd00:ec2::254", "64:ff9b::7f00:1",
		"64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "::127.0.0.1",
		"256.256.256.256", "1.2.3.4.5", "08.1.1.1", "99999999999", "",
	} {
		t.Run(host, func(t *testing.T) {
			conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, "80"))
			if err == nil {
				_ = conn.Close()
				t.Fatal("was dialled")
			}
			if got := ibid.ClassOf(err); got != ibid.ClassAddressRefused {
				t.Errorf("class %q, want address-refused: %v", got, err)
			}
			if ibid.KindOf(err) != ibid.KindPolicy {
				t.Errorf("kind %q, want policy", ibid.KindOf(err))
			}
		})
	}
}

func TestPublicAddressesPassOnlyOnListedPorts(t *testing.T) {
	d := mustNew(t, Options{Ports: []int{8080}})
	for address, want := range map[string]bool{
		"93.184.216.34:80": true, "93.184.216.34:443": true, "93.184.216.34:8080": true, "93.184.216.34:22": false,
		"[2606:2800:220:1::1]:443": true, "[2606:2800:220:1::1]:25": false, "nonsense": false,
	} {
		network := "tcp4"
		if address[0] == '[' {
			network = "tcp6"
		}
		if err := d.control(network, address, nil); (err == nil) != want {
			t.Errorf("%s: allowed %t, want %t (%v)", address, err == nil, want, err)
		}
	}
}

func TestExceptionsAreByAddressAndPort(t *testing.T) {
	at, other := listen(t), listen(t)
	d := mustNew(t, Options{Allow: []string{at}})
	conn, err := d.DialContext(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := d.DialContext(t.Context(), "tcp", other); ibid.ClassOf(err) != ibid.ClassAddressRefused {
		t.Errorf("another port of the same address: %v, want address-refused", err)
	}
	_, port, _ := net.SplitHostPort(at)
	conn, err = d.DialContext(t.Context(), "tcp", "0x7f000001:"+port)
	if err != nil {
		t.Fatalf("the same address in another spelling: %v", err)
	}
	_ = conn.Close()
}

func TestConnectToGoesThroughTheGuard(t *testing.T) {
	at, other := listen(t), listen(t)
	d := mustNew(t, Options{
		Allow:     []string{at},
		ConnectTo: []string{"good.example:80:" + at, "*:81:" + at, "evil.example:80:" + other, "::localhost:80"},
	})
	for addr, want := range map[string]ibid.Class{
		"good.example:80": "", "GOOD.example.:80": "", "any.example:81": "",
		"evil.example:80": ibid.ClassAddressRefused, "else.example:443": ibid.ClassAddressRefused,
	} {
		conn, err := d.DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		if got := ibid.ClassOf(err); got != want {
			t.Errorf("%s: class %q, want %q (%v)", addr, got, want, err)
		}
	}
}

func TestClassesOfFailure(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	d := mustNew(t, Options{Allow: []string{"127.0.0.0/8"}, Resolver: closed})
	if _, err := d.DialContext(t.Context(), "tcp", closed); ibid.ClassOf(err) != ibid.ClassConnect {
		t.Errorf("closed port: %v, want connect", err)
	}
	if _, err := d.DialContext(t.Context(), "tcp", "name.invalid:80"); ibid.ClassOf(err) != ibid.ClassDNS {
		t.Errorf("resolver away: %v, want dns", err)
	}
	if _, err := d.DialContext(t.Context(), "udp", closed); ibid.ClassOf(err) != ibid.ClassAddressRefused {
		t.Errorf("udp: %v, want address-refused", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.DialContext(ctx, "tcp", closed); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, want context.Canceled in the chain", err)
	}
}

// nameServer answers every question for an IPv4 address with these, and others with none.
func nameServer(t *testing.T, addresses ...[4]byte) string {
	t.Helper()
	return changingNameServer(t, func(int) [][4]byte { return addresses })
}

// changingNameServer answers the n-th question for an IPv4 address, from 1, with addresses(n) (RFC 1035, 4.1).
func changingNameServer(t *testing.T, addresses func(n int) [][4]byte) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		buf, asked := make([]byte, 512), 0
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			end := 12
			for buf[end] != 0 {
				end += int(buf[end]) + 1
			}
			question := buf[12 : end+5]
			count := byte(0)
			var answers []byte
			if n > end+2 && question[len(question)-3] == 1 {
				asked++
				for _, a := range addresses(asked) {
					count++
					answers = append(answers, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, a[0], a[1], a[2], a[3])
				}
			}
			reply := append([]byte{buf[0], buf[1], 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0}, question...)
			_, _ = c.WriteTo(append(reply, answers...), from)
		}
	}()
	return c.LocalAddr().String()
}

func TestOfManyAnswersTheRefusedAreSkipped(t *testing.T) {
	at := listen(t)
	_, port, _ := net.SplitHostPort(at)
	private, ours := [4]byte{10, 0, 0, 1}, [4]byte{127, 0, 0, 1}
	d := mustNew(t, Options{Allow: []string{at}, Resolver: nameServer(t, private, ours)})
	conn, err := d.DialContext(t.Context(), "tcp", "two.example:"+port)
	if err != nil {
		t.Fatal(err)
	}
	if got := conn.RemoteAddr().String(); got != at {
		t.Errorf("connected to %s", got)
	}
	_ = conn.Close()
	d = mustNew(t, Options{Resolver: nameServer(t, private, ours)})
	if _, err := d.DialContext(t.Context(), "tcp", "two.example:80"); ibid.ClassOf(err) != ibid.ClassAddressRefused {
		t.Errorf("all refused: %v", err)
	}
	d = mustNew(t, Options{Resolver: nameServer(t)})
	if _, err := d.DialContext(t.Context(), "tcp", "none.example:80"); ibid.ClassOf(err) != ibid.ClassDNS {
		t.Errorf("no answers: %v", err)
	}
}

// A name that answers with an allowed address when it is checked, and with one behind the guard when it is
// dialled, gets nothing by it: it is looked up once for each dial, and what is dialled is what was checked.
func TestRebindingReachesNothing(t *testing.T) {
	at := listen(t)
	_, port, _ := net.SplitHostPort(at)
	canary, err := net.Listen("tcp4", "127.0.0.2:"+port)
	if err != nil {
		t.Skipf("no second address on loopback: %v", err)
	}
	defer func() { _ = canary.Close() }()
	reached := make(chan string, 1)
	go func() {
		if c, err := canary.Accept(); err == nil {
			reached <- c.RemoteAddr().String()
			_ = c.Close()
		}
	}()
	var questions atomic.Int64
	allowed, private := [4]byte{127, 0, 0, 1}, [4]byte{127, 0, 0, 2}
	d := mustNew(t, Options{Allow: []string{at}, Resolver: changingNameServer(t, func(n int) [][4]byte {
		questions.Add(1)
		if n%2 == 1 {
			return [][4]byte{allowed}
		}
		return [][4]byte{private}
	})})
	for i := range 10 {
		conn, err := d.DialContext(t.Context(), "tcp", "rebinding.example:"+port)
		want := ibid.Class("")
		if i%2 == 1 {
			want = ibid.ClassAddressRefused
		}
		if got := ibid.ClassOf(err); got != want {
			t.Errorf("dial %d: class %q, want %q (%v)", i, got, want, err)
		}
		if err != nil {
			continue
		}
		if got := conn.RemoteAddr().String(); got != at {
			t.Errorf("dial %d: connected to %s", i, got)
		}
		_ = conn.Close()
	}
	if n := questions.Load(); n != 10 {
		t.Errorf("%d look-ups for 10 dials", n)
	}
	select {
	case from := <-reached:
		t.Errorf("the address behind the guard was reached from %s", from)
	default:
	}
}

func TestBadOptionsAreNamed(t *testing.T) {
	for _, o := range []Options{
		{Allow: []string{"localhost"}}, {Allow: []string{"127.0.0.1:0"}}, {Allow: []string{"127.0.0.1:x"}}, {Allow: []string{"fe80::1%eth0"}},
		{ConnectTo: []string{"a:80:b"}}, {ConnectTo: []string{"a:80:b:99999"}}, {ConnectTo: []string{"[::1:80:b:80"}},
		{Resolver: "dns.example"}, {Ports: []int{0}},
	} {
		if _, err := New(o); ibid.KindOf(err) != ibid.KindInput || err == nil {
			t.Errorf("%+v: %v, want an input error", o, err)
		}
	}
}

func TestParseException(t *testing.T) {
	for s, inside := range map[string]string{
		"10.1.2.3": "10.1.2.3:9", "10.0.0.0/8": "10.9.9.9:1", "10.0.0.0/8:8080": "10.9.9.9:8080",
		"[::1]:8081": "[::1]:8081", "::1": "[::1]:5", "fd00::/8": "[fd00::9]:80", "::ffff:10.1.2.3": "10.1.2.3:80",
	} {
		e, err := parseException(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if at := netip.MustParseAddrPort(inside); !e.covers(at) {
			t.Errorf("%s does not cover %s", s, at)
		}
	}
}

func FuzzLiteralHost(f *testing.F) {
	for _, s := range []string{"127.1", "0x7f.1", "example.org", "1.2.3.4.5", "0x", "08", "４.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		host, err := literalHost(normalHost(s))
		if err != nil {
			return
		}
		if again, err := literalHost(host); err != nil || again != host {
			t.Errorf("%q became %q, then %q (%v)", s, host, again, err)
		}
	})
}
