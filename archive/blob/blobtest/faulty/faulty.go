// Package faulty is an HTTP proxy that does what goes wrong between a store and its clients: for tests.
package faulty

import (
	"context"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Faults say what goes wrong, most of them as the share of requests of which it does. They are mutually exclusive:
// one fault a request.
type Faults struct {
	// Busy requests are answered 503 SlowDown, and go no further.
	Busy float64
	// CutUpload ends the connection in the middle of the body of a request, which goes no further.
	CutUpload float64
	// LoseAnswer ends the connection when the server has done what it was asked for.
	LoseAnswer float64
	// FlipUpload changes one bit of the body of a request.
	FlipUpload float64
	// FlipDownload changes one bit of the body of an answer.
	FlipDownload float64
	// CutDownload ends the connection in the middle of an answer.
	CutDownload float64
	// ShortDownload leaves the second half of an answer out, as if there were none.
	ShortDownload float64
	// Latency is added to each request.
	Latency time.Duration
	// Rate bounds the bytes a second of each body in either direction; 0: unbounded.
	Rate int64
	// Refuse, when set, is asked first: what it returns other than nil is the answer.
	Refuse func(*http.Request) *Answer
}

// Answer is a whole answer of the proxy's own.
type Answer struct {
	Status int
	Body   string
}

// Proxy stands before a server. Its methods are safe for concurrent use.
type Proxy struct {
	// URL is http://127.0.0.1:PORT; the port stays the same through Down and Up.
	URL     string
	address string
	target  string
	client  *http.Transport

	mu       sync.Mutex
	faults   Faults
	random   *rand.Rand
	requests map[string]int
	hanging  chan struct{} // closed when it ends; nil when there is none
	server   *http.Server
	done     chan struct{}
}

// Start stands before the server at target (http://HOST:PORT), without faults. The same seed draws the same lots.
func Start(target string, seed uint64) (*Proxy, error) {
	p := &Proxy{
		address: "127.0.0.1:0", target: target, client: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
		random: rand.New(rand.NewPCG(seed, 0)), requests: map[string]int{},
	}
	if err := p.Up(); err != nil {
		return nil, err
	}
	p.URL = "http://" + p.address
	return p, nil
}

// Up takes connections again, on the same port.
func (p *Proxy) Up() error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", p.address)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.address = l.Addr().String()
	p.server = &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	p.done = make(chan struct{})
	go func(s *http.Server, done chan struct{}) {
		defer close(done)
		_ = s.Serve(l) // ends with Down
	}(p.server, p.done)
	return nil
}

// Down cuts all connections; new ones are refused.
func (p *Proxy) Down() error {
	p.mu.Lock()
	server, done := p.server, p.done
	p.mu.Unlock()
	err := server.Close()
	<-done
	return err
}

// Hang lets every request wait for its answer until resume is called.
func (p *Proxy) Hang() (resume func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	hanging := make(chan struct{})
	p.hanging = hanging
	return sync.OnceFunc(func() {
		p.mu.Lock()
		p.hanging = nil
		p.mu.Unlock()
		close(hanging)
	})
}

// Set changes what goes wrong.
func (p *Proxy) Set(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// Requests counts those that came, by method.
func (p *Proxy) Requests(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[method]
}

// Close ends the proxy.
func (p *Proxy) Close() error {
	err := p.Down()
	p.client.CloseIdleConnections()
	return err
}

// fault is one of those that Faults name.
type fault int

const (
	none fault = iota
	busy
	cutUpload
	loseAnswer
	flipUpload
	flipDownload
	cutDownload
	shortDownload
)

// lot draws what goes wrong with a request.
func (p *Proxy) lot(method string) (f Faults, drawn fault, at float64, hanging chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests[method]++
	f = p.faults
	n := p.random.Float64()
	for i, share := range []float64{f.Busy, f.CutUpload, f.LoseAnswer, f.FlipUpload, f.FlipDownload, f.CutDownload, f.ShortDownload} {
		if n < share {
			return f, fault(i + 1), p.random.Float64(), p.hanging
		}
		n -= share
	}
	return f, none, p.random.Float64(), p.hanging
}

// ServeHTTP passes a request on, or does not.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, drawn, at, hanging := p.lot(r.Method)
	if hanging != nil {
		select {
		case <-hanging:
		case <-r.Context().Done():
			return
		}
	}
	if !wait(r.Context(), f.Latency) {
		return
	}
	if f.Refuse != nil {
		if a := f.Refuse(r); a != nil {
			answer(w, r, *a)
			return
		}
	}
	switch drawn {
	case busy:
		answer(w, r, Answer{http.StatusServiceUnavailable, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"})
	case cutUpload:
		_, _ = io.CopyN(io.Discard, r.Body, int64(at*float64(max(r.ContentLength, 0))))
		panic(http.ErrAbortHandler)
	default:
		p.pass(w, r, f, drawn, at)
	}
}

func answer(w http.ResponseWriter, r *http.Request, a Answer) {
	_, _ = io.Copy(io.Discard, r.Body) // a server that answers before it has read makes some clients miss the answer
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(a.Status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, a.Body)
	}
}

func (p *Proxy) pass(w http.ResponseWriter, r *http.Request, f Faults, drawn fault, at float64) {
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = "http", p.target[len("http://"):]
	out.Host = r.Host // it is signed
	if r.ContentLength == 0 {
		out.Body = nil
	} else {
		out.Body = io.NopCloser(&flow{ctx: r.Context(), r: r.Body, rate: f.Rate, flip: flipAt(drawn == flipUpload, at, r.ContentLength)})
	}
	in, err := p.client.RoundTrip(out)
	if err != nil || drawn == loseAnswer {
		if err == nil {
			_, _ = io.Copy(io.Discard, in.Body)
			_ = in.Body.Close()
		}
		panic(http.ErrAbortHandler)
	}
	defer in.Body.Close() //nolint:errcheck // only read from
	p.giveBack(w, r, in, f, drawn, at)
}

func (p *Proxy) giveBack(w http.ResponseWriter, r *http.Request, in *http.Response, f Faults, drawn fault, at float64) {
	length := in.ContentLength
	data := r.Method == http.MethodGet && length > 0 && in.Header.Get("Content-Type") != "application/xml"
	if !data && drawn >= flipDownload {
		drawn = none
	}
	body := io.Reader(&flow{ctx: r.Context(), r: in.Body, rate: f.Rate, flip: flipAt(drawn == flipDownload, at, length)})
	for k, v := range in.Header {
		w.Header()[k] = v
	}
	switch drawn {
	case shortDownload:
		body = io.LimitReader(body, length/2)
		w.Header().Set("Content-Length", strconv.FormatInt(length/2, 10))
	case cutDownload:
		body = io.LimitReader(body, length/2)
	}
	w.WriteHeader(in.StatusCode)
	if _, err := io.Copy(w, body); err != nil || drawn == cutDownload {
		panic(http.ErrAbortHandler)
	}
}

// wait waits for d; false: the other end has gone.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
