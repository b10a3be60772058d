package crawler

import (
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
)

func TestRobotsRules(t *testing.T) {
	for name, tc := range map[string]struct {
		file          string
		allow, forbid []string
	}{
		"empty":              {"", []string{"/", "/a"}, nil},
		"everyone":           {"User-agent: *\nDisallow: /private\n", []string{"/", "/priv", "/robots.txt"}, []string{"/private", "/private/x", "/privates"}},
		"all":                {"user-agent:*\ndisallow:/", []string{"/robots.txt"}, []string{"/", "/a?b"}},
		"ours, not theirs":   {"User-agent: *\nDisallow: /\nUser-agent: IBID\nDisallow: /x\n", []string{"/", "/y"}, []string{"/x"}},
		"no prefix match":    {"User-agent: ibidem\nDisallow: /\nUser-agent: ib\nDisallow: /\n", []string{"/"}, nil},
		"token with version": {"User-agent: ibid/2.0 (x)\nDisallow: /x\n", []string{"/"}, []string{"/x"}},
		"groups are joined":  {"User-agent: ibid\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: ibid\nDisallow: /b\n", []string{"/c"}, []string{"/a", "/b"}},
		"agents share rules": {"User-agent: one\nUser-agent: ibid\nDisallow: /a\n", []string{"/"}, []string{"/a"}},
		"sitemap in between": {"User-agent: ibid\nSitemap: http://x/\nUser-agent: two\nDisallow: /a\n", nil, []string{"/a"}},
		"longest wins":       {"User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\n", []string{"/", "/a/b", "/a/b/d"}, []string{"/a", "/a/b/c"}},
		"order is nothing":   {"User-agent: *\nAllow: /a/b\nDisallow: /\n", []string{"/a/b"}, []string{"/a"}},
		"ties allow":         {"User-agent: *\nDisallow: /a\nAllow: /a\n", []string{"/a"}, nil},
		"star":               {"User-agent: *\nDisallow: /*.gif\nDisallow: /a*b\n", []string{"/x/a-b", "/gif"}, []string{"/x.gif", "/x.gif?y", "/ab", "/axxb/c"}},
		"dollar":             {"User-agent: *\nDisallow: /*.pdf$\nDisallow: /$\n", []string{"/a.pdf?x", "/a.pdfs", "/a"}, []string{"/a.pdf", "/"}},
		"dollar within":      {"User-agent: *\nDisallow: /a$b\n", []string{"/a"}, []string{"/a$b", "/a$bc"}},
		"escapes":            {"User-agent: *\nDisallow: /%7ejoe/\nDisallow: /a%3cd\nDisallow: /ü\nDisallow: /q%2Fr\n", []string{"/q/r"}, []string{"/~joe/", "/%7Ejoe/x", "/a%3Cd", "/%C3%BC", "/%c3%bcx", "/q%2fr"}},
		"query":              {"User-agent: *\nDisallow: /*?print=\n", []string{"/a?p=1"}, []string{"/a?print=1"}},
		"bad lines":          {"Disallow: /\n<html>\nUser-agent: *\nCrawl-delay: soon\nNonsense\nDisallow: /a # why\n", []string{"/"}, []string{"/a"}},
		"no slash":           {"User-agent: *\nDisallow: tmp\n", []string{"/"}, []string{"/tmp"}},
		"empty rule":         {"User-agent: *\nDisallow:\n", []string{"/"}, nil},
		"bom and CR":         {"\xEF\xBB\xBFUser-agent: *\rDisallow: /a\r", []string{"/"}, []string{"/a"}},
		"past the limit":     {"User-agent: *\n" + strings.Repeat("#\n", robotsLimit/2) + "Disallow: /\n", []string{"/"}, nil},
	} {
		r := parseRobots([]byte(tc.file), "ibid")
		for _, path := range tc.allow {
			if !r.allows(path) {
				t.Errorf("%s: %s is forbidden", name, path)
			}
		}
		for _, path := range tc.forbid {
			if r.allows(path) {
				t.Errorf("%s: %s is allowed", name, path)
			}
		}
	}
}

func TestCrawlDelayIsReadAndCapped(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"2": 2 * time.Second, "0.5": 500 * time.Millisecond, "86400": maxCrawlDelay, "1e300": maxCrawlDelay, "-1": 0, "NaN": 0, "x": 0, "Inf": maxCrawlDelay,
	} {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+value), "ibid").delay; got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$\nAllow: /%7e", "/xayb")
	f.Add("user-agent: ibid\ncrawl-delay: 1e9", "/%zz%C3")
	f.Fuzz(func(t *testing.T, file, path string) {
		r := parseRobots([]byte(file), "ibid")
		if r.allows(path) != r.allows(normalEscapes(path)) {
			t.Errorf("%q is judged otherwise when its escapes are normal", path)
		}
		if !r.allows("/robots.txt") || r.delay < 0 || r.delay > maxCrawlDelay {
			t.Errorf("robots.txt forbidden, or a delay of %s", r.delay)
		}
	})
}

func TestRobotsDecisionsAreOnRecord(t *testing.T) {
	denied := ok("text/plain", "User-agent: ibid\nDisallow: /no\n")
	for name, tc := range map[string]struct {
		robots  script
		path    string
		verdict ibid.Verdict
		class   ibid.Class
		word    string
		digest  bool
	}{
		"none":           {nil, "/yes", ibid.Archived, "", "allowed", false},
		"allowed":        {denied, "/yes", ibid.Archived, "", "allowed", true},
		"denied":         {denied, "/no", ibid.Refused, ibid.ClassRobotsDenied, "denied", true},
		"forbidden":      {say("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), "/no", ibid.Archived, "", "allowed", false},
		"server error":   {say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"), "/yes", ibid.Failed, ibid.ClassRobotsUnreachable, "unreachable", false},
		"busy":           {say("HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"), "/yes", ibid.Failed, ibid.ClassRobotsUnreachable, "unreachable", false},
		"moved":          {redirect("/elsewhere.txt"), "/no", ibid.Refused, ibid.ClassRobotsDenied, "denied", true},
		"moves for ever": {redirect("/robots.txt"), "/no", ibid.Archived, "", "allowed", false},
		"gzip":           {ok("text/plain", compress(t, []byte("User-agent: *\nDisallow: /no"), gzipped), "Content-Encoding: gzip"), "/no", ibid.Refused, ibid.ClassRobotsDenied, "denied", true},
		"silent":         {sayAndStall(""), "/yes", ibid.Failed, ibid.ClassRobotsUnreachable, "unreachable", false},
		"garbage":        {sayAndClose("SSH-2.0-OpenSSH\r\n"), "/yes", ibid.Failed, ibid.ClassRobotsUnreachable, "unreachable", false},
		"endless":        {drip("HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /no\n", strings.Repeat("#\n", 8192), 0), "/no", ibid.Refused, ibid.ClassRobotsDenied, "denied", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scripts := map[string]script{"/yes": ok("text/plain", "y"), "/no": ok("text/plain", "n"), "/elsewhere.txt": denied}
			if tc.robots != nil {
				scripts["/robots.txt"] = tc.robots
			}
			s := serve(t, nil, scripts)
			var sink memSink
			v := visitOne(t, newCrawler(t, fast(), s), &sink, s.url(tc.path))
			if v.Verdict != tc.verdict || v.Class != tc.class || v.Robots != tc.word || v.RobotsDigest.Valid() != tc.digest {
				t.Errorf("%s %q (%s), robots %s %s", v.Verdict, v.Class, v.Reason, v.Robots, v.RobotsDigest)
			}
			if fetched := s.count(tc.path) > 0; fetched != (tc.verdict == ibid.Archived) {
				t.Errorf("fetched: %t", fetched)
			}
			for _, x := range sink.at("/robots.txt") {
				checkExchange(t, x)
				if x.Role != ibid.RoleRobots {
					t.Errorf("role %s", x.Role)
				}
			}
		})
	}
}

func TestRobotsAreAskedOnceForManyVisits(t *testing.T) {
	s := serve(t, nil, map[string]script{"*": ok("text/plain", "x")})
	o := fast()
	o.PerHost.Parallelism = 8
	c := newCrawler(t, o, s)
	var seeds []ibid.Seed
	for _, p := range []string{"/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8"} {
		seeds = append(seeds, ibid.Seed{URI: s.url(p)})
	}
	crawl(t, c, &memSink{}, seeds...)
	crawl(t, c, &memSink{}, seeds...)
	if n := s.count("/robots.txt"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestRobotsHoldForEveryHop(t *testing.T) {
	other := serve(t, nil, map[string]script{"/robots.txt": ok("text/plain", "User-agent: *\nDisallow: /"), "/": ok("text/plain", "x")})
	s := serve(t, nil, map[string]script{"/": redirect(other.url("/"))})
	v := visitOne(t, newCrawler(t, fast(), s, other), &memSink{}, s.url("/"))
	if v.Verdict != ibid.Refused || v.Class != ibid.ClassRobotsDenied || other.count("/") != 0 {
		t.Errorf("%s %s, the other host was asked %d times", v.Verdict, v.Class, other.count("/"))
	}
}

func TestIgnoringRobotsIsOnRecord(t *testing.T) {
	s := serve(t, nil, map[string]script{"/robots.txt": ok("text/plain", "User-agent: *\nDisallow: /"), "/": ok("text/plain", "x")})
	o := fast()
	o.IgnoreRobots = true
	v := visitOne(t, newCrawler(t, o, s), &memSink{}, s.url("/"))
	if v.Verdict != ibid.Archived || v.Robots != "ignored" || s.count("/robots.txt") != 0 {
		t.Errorf("%s, robots %s, asked %d times", v.Verdict, v.Robots, s.count("/robots.txt"))
	}
}

// The rules of a host are remembered for longer than its gate.
func TestCrawlDelayHoldsForEveryRequest(t *testing.T) {
	c := newCrawler(t, fast())
	v := newVisit(&job{Job: &ibid.Job{}, c: c}, ibid.Seed{URI: "http://slow.example/"})
	u, err := c.address(nil, v.seed.URI)
	if err != nil {
		t.Fatal(err)
	}
	c.robots.entry("http://slow.example").keep(&robots{delay: 2 * time.Second}, nil, time.Hour)
	for range 2 {
		d, err := c.robots.decide(t.Context(), v, request{uri: u, role: ibid.RoleSource})
		if err != nil || d.word != "allowed" {
			t.Fatalf("%+v, %v", d, err)
		}
		if h := c.gates.hosts["slow.example:80"]; h == nil || h.crawlBy != 2*time.Second {
			t.Errorf("the gate is %+v", h)
		}
		delete(c.gates.hosts, "slow.example:80") // As sweep does.
	}
}
