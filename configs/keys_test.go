package configs

import (
	"bytes"
	"cmp"
	"encoding"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/scheduler"
)

// TestDefaultFileIsComplete holds default.yaml to its promise: every key, once, with its value and a comment.
func TestDefaultFileIsComplete(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal(defaultYAML, &doc); err != nil {
		t.Fatal(err)
	}
	found := map[string]*yaml.Node{}
	var walk func(string, *yaml.Node)
	walk = func(prefix string, n *yaml.Node) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := prefix + n.Content[i].Value
			found[name] = n.Content[i+1]
			if n.Content[i].HeadComment == "" && name != "crawl.per_host" {
				t.Errorf("default.yaml:%d: %s has no comment above it", n.Content[i].Line, name)
			}
			if n.Content[i+1].Kind == yaml.MappingNode {
				walk(name+".", n.Content[i+1])
			}
		}
	}
	walk("", doc.Content[0])
	c := Default()
	for _, k := range keys(&c) {
		n := found[k.name]
		if n == nil {
			t.Errorf("default.yaml does not document %s", k.name)
			continue
		}
		if !k.section && n.Tag == "!!null" {
			t.Errorf("default.yaml:%d: %s has no default", n.Line, k.name)
		}
		delete(found, k.name)
	}
	for name := range found {
		t.Errorf("default.yaml documents %s, which is no key", name)
	}
}

// other is a value for k that is not its default and that passes Validate.
func other(t *testing.T, k key) string {
	t.Helper()
	switch v := k.value.Interface().(type) {
	case Size:
		return (v + 1<<10).String()
	case Rate:
		return "7/min"
	case Duration:
		return (v + 1e9).String()
	case Robots:
		return string(RobotsIgnore)
	case LockMode:
		return string(LockGovernance)
	case Addressing:
		return string(AddressingPath)
	case scheduler.CatchUp:
		return string(scheduler.CatchUpNone)
	case scheduler.Overlap:
		return string(scheduler.OverlapQueue)
	case []Collection:
		return "[{name: a, seeds: [http://a.example/]}]"
	case []Copy:
		return "[/mnt/copy, {store: 's3://b', s3: {endpoint: 's3.example.net'}, key: env:A, secret: env:B}]"
	case []Archive:
		return "[{id: a, timemap: https://a.example/timemap/link/}]"
	case []Migration:
		return "[{name: a, match: 'http://a[.]example/(.*)', replace: 'http://b.example/$1'}]"
	case []Webhook:
		return "[{name: a, url: https://hooks.example/, secret: env:A}]"
	case []ibid.EventKind:
		return "source.died,spool.full"
	case MailSecurity:
		return string(MailTLS)
	case Digest:
		return "30m"
	case Secret:
		return "env:A"
	case bool:
		return map[bool]string{true: "false", false: "true"}[v]
	case int:
		return "7"
	case []int:
		return "81,82"
	case []string:
		return cmp.Or(map[string]string{
			"notify.email.to": "a@example.org,B <b@example.org>", "notify.email.collections": "a,b", "server.trusted_proxies": "10.0.0.0/8,::1",
		}[k.name], "192.0.2.1:80,192.0.2.2:80")
	case Auth:
		return string(AuthNone)
	case string:
		return map[string]string{
			"catalog": "sqlite:/a.db", "network.resolver": "192.0.2.53:53", "store": "/a", "network.contact": "a@example.org",
			"network.ca_file": "/ca.pem", "spool.dir": "/b", "schedule": "@weekly", "timezone": "Australia/Lord_Howe",
			"s3.endpoint": "127.0.0.1:9000", "s3.region": "eu-west-1", "notify.base_url": "https://ibid.example",
			"notify.email.from": "a@example.org", "notify.email.timezone": "Asia/Manila", "notify.email.server": "mail.example:587",
			"notify.email.user": "a", "push.endpoint": "https://a.example/save",
			"server.listen": "127.0.0.1:1", "server.replay_listen": "127.0.0.1:2",
			"server.url": "https://ibid.example", "signing.key": "/k.pem", "signing.domain.cert_file": "/c.pem", "signing.domain.key_file": "/k.pem", "signing.roots_file": "/r.pem", "server.tls.cert_file": "/c.pem", "server.tls.key_file": "/k.pem", "server.replay_url": "https://replay.example",
			"server.oidc.issuer": "https://login.example", "server.oidc.client_id": "a", "server.oidc.claim": "email", "custody.timestamp.url": "https://tsa.example/tsr",
			"server.replay_assets": "/replaywebpage",
		}[k.name]
	}
	t.Fatalf("%s: no other value known for a %T", k.name, k.value.Interface())
	return ""
}

// The examples beside default.yaml are configurations that work.
func TestExamples(t *testing.T) {
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if _, err := Load(name, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryKeyCanBeSetByFileAndByEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	defaults := Default()
	variables := map[string]string{}
	for _, k := range keys(&defaults) {
		if k.section {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			if before := variables[k.env()]; before != "" {
				t.Fatalf("%s sets %s too", k.env(), before)
			}
			variables[k.env()] = k.name
			value := other(t, k)
			fromEnv, err := Load("", []string{k.env() + "=" + value})
			if err != nil {
				t.Fatal(err)
			}
			if reflect.DeepEqual(fromEnv, defaults) {
				t.Errorf("%s=%s changes nothing", k.env(), value)
			}
			if err := os.WriteFile("one.yaml", nested(k.name, value), 0o600); err != nil {
				t.Fatal(err)
			}
			fromFile, err := Load("one.yaml", nil)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(fromEnv, fromFile) {
				t.Errorf("from the file %+v, from the environment %+v", fromFile, fromEnv)
			}
		})
	}
}

// nested writes "a.b: value" as YAML of two levels, a list of items as it is and anything else in quotes.
func nested(name, value string) []byte {
	var b bytes.Buffer
	parts := strings.Split(name, ".")
	for i, part := range parts {
		b.WriteString(strings.Repeat("  ", i) + part + ":")
		if i < len(parts)-1 {
			b.WriteString("\n")
		}
	}
	if !strings.HasPrefix(value, "[") {
		value = "'" + value + "'"
	}
	b.WriteString(" " + value + "\n")
	return b.Bytes()
}

func TestDefaultsWrittenOutReadBack(t *testing.T) {
	c := Default()
	for _, k := range keys(&c) {
		s, ok := k.value.Interface().(interface{ String() string })
		if !ok {
			continue
		}
		back := reflect.New(k.value.Type())
		if err := back.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s.String())); err != nil {
			t.Errorf("%s: %v", k.name, err)
		}
		if !reflect.DeepEqual(back.Elem().Interface(), k.value.Interface()) {
			t.Errorf("%s: %q reads back as %v", k.name, s, back.Elem())
		}
	}
}

func TestNearest(t *testing.T) {
	c := Default()
	all := keys(&c)
	for name, want := range map[string]string{
		"stroe":                  "store",
		"catalogue":              "catalog",
		"network.alow":           "network.allow",
		"network.timeouts.total": "network.timeout.total",
		"timeout.total":          "network.timeout.total",
		"max_body":               "network.max_body",
		"crawl.delay":            "crawl.per_host.delay",
		"crawl.max-pages":        "crawl.max_pages",
		"network.connectto":      "network.connect_to",
	} {
		if got := nearest(name, all); got != want {
			t.Errorf("nearest(%.40q) = %q, want %q", name, got, want)
		}
	}
}

func TestNearestOfALongNameIsQuick(t *testing.T) {
	c := Default()
	if got := nearest(strings.Repeat("s", maxFile), keys(&c)); got == "" {
		t.Error("no nearest key")
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"store", "store", 0}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

// FuzzLoad: no text in a file or a variable makes Load panic or hang, and what it accepts passes Validate.
func FuzzLoad(f *testing.F) {
	f.Add(defaultYAML, "10m")
	for _, seed := range []string{
		"", "store: a", "network: {allow: [a, b], tries: 3}", "a: &a [*a]", "? [x]\n: y", "network:\n- a", "store: !!binary aGk=",
		"collections: [a, {name: b, seeds: [c, {uri: d, schedule: x}], documents: [~, [], {}]}]", "[{name: a}]",
		"store: |\n  a\n  b\n", "crawl: {robots: obey, requisites: yes}", "%YAML 1.2\n---\nstore: a\n...\n---\n", "\xff\xfe", "a: {a: {a: {",
	} {
		f.Add([]byte(seed), seed)
	}
	f.Fuzz(func(t *testing.T, text []byte, variable string) {
		c := Default()
		l := newLoader(&c)
		name := "IBID_NETWORK_TIMEOUT_TOTAL"
		if strings.Contains(variable, "[") {
			name = "IBID_COLLECTIONS"
		}
		if l.file("fuzz.yaml", text) != nil || l.environ([]string{name + "=" + variable}) != nil {
			return
		}
		if p := c.problem(); p != nil && l.whereSet(p.key) == "default.yaml" {
			t.Errorf("%v, though nothing set it", p)
		}
	})
}
