package configs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ibid.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLoadWithoutAFileGivesTheDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := configs.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Store != "./ibid-data" || c.Network.MaxBody != 4<<30 || c.Crawl.Robots != configs.RobotsObey {
		t.Errorf("not the defaults: %+v", c)
	}
	if len(c.Network.Allow) != 0 {
		t.Errorf("by default %q may be fetched though not public; want nothing", c.Network.Allow)
	}
	if err := c.Validate(); err != nil {
		t.Errorf("the defaults do not work: %v", err)
	}
}

func TestLoadFindsTheFileOfTheFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(configs.File, []byte("store: /srv/archive\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := configs.Load("", nil)
	if err != nil || c.Store != "/srv/archive" {
		t.Errorf("store %q, error %v; want /srv/archive of ./%s", c.Store, err, configs.File)
	}
}

func TestEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	file := write(t, `
store: /from/file
network:
  contact: file@example.org
  tries: 5
  allow: [127.0.0.1]
  timeout: {total: 90s}
crawl:
  robots: ignore
  requisites: false
`)
	c, err := configs.Load(file, []string{
		"IBID_STORE=/from/environment", "IBID_NETWORK_CONTACT=", "IBID_NETWORK_ALLOW= 127.0.0.1:8081 , 10.0.0.0/8,",
		"IBID_NETWORK_PORTS=80,8000", "IBID_CRAWL_REQUISITES=TRUE", "IBID_SERVICE_PORT=tcp://10.0.0.1:80", "HOME=/root", "no pair",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []struct {
		what      string
		got, want any
	}{
		{"store, from the environment", c.Store, "/from/environment"},
		{"contact, emptied by the environment", c.Network.Contact, ""},
		{"tries, from the file", c.Network.Tries, 5},
		{"total, from the file", time.Duration(c.Network.Timeout.Total), 90 * time.Second},
		{"idle, by default", time.Duration(c.Network.Timeout.Idle), 30 * time.Second},
		{"robots, from the file", c.Crawl.Robots, configs.RobotsIgnore},
		{"requisites, from the environment", c.Crawl.Requisites, true},
	} {
		if check.got != check.want {
			t.Errorf("%s: %v, want %v", check.what, check.got, check.want)
		}
	}
	if want := []string{"127.0.0.1:8081", "10.0.0.0/8"}; !slices.Equal(c.Network.Allow, want) {
		t.Errorf("allow %q, want %q", c.Network.Allow, want)
	}
	if want := []int{80, 8000}; !slices.Equal(c.Network.Ports, want) {
		t.Errorf("ports %v, want %v", c.Network.Ports, want)
	}
}

func TestAFileOfNothingSetsNothing(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "comments": "# nothing\n", "null": "~\n", "marker": "---\n", "a null section": "network:\ncrawl: ~\n",
		"a null value": "store:\nnetwork:\n  allow:\n", "a byte order mark": "\ufeff# nothing\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := configs.Load(write(t, text), nil)
			if err != nil || c.Store != configs.Default().Store {
				t.Errorf("store %q, error %v; want the default", c.Store, err)
			}
		})
	}
}

func TestErrorsNameThePlaceAndTheWayOut(t *testing.T) {
	for _, test := range []struct {
		name, file string
		environ    []string
		want       []string // parts of the sentence
	}{
		{"a slip in a key", "network:\n  tires: 3\n", nil, []string{"ibid.yaml:2:", `unknown key "network.tires"`, `"network.tries"`}},
		{"a slip in a section", "netwerk:\n  tries: 3\n", nil, []string{"ibid.yaml:1:", `"netwerk"`, `"network"`}},
		{"a key in the wrong section", "tries: 3\n", nil, []string{`"tries"`, `"network.tries"`}},
		{"a slip in a dotted key", "network.tires: 3\n", nil, []string{`unknown key "network.tires"`, `"network.tries"`}},
		{"a key in both forms", "network: {tries: 3}\nnetwork.tries: 4\n", nil, []string{"ibid.yaml:2:", "network.tries is set twice"}},
		{"a key that is a list", "[a]: b\n", nil, []string{"ibid.yaml:1:", "unknown key"}},
		{"a merge key", "<<: {store: a}\n", nil, []string{`unknown key "<<"`}},
		{"a key of another case", "Store: a\n", nil, []string{`unknown key "Store"`, `"store"`}},
		{"a key twice", "store: a\n\nstore: b\n", nil, []string{"ibid.yaml:3:", "store is set twice", "line 1"}},
		{"a value for a section", "network:\n  timeout: 10s\n", nil, []string{"ibid.yaml:2:", "network.timeout (connect, tls, header, idle, total)", `not "10s"`}},
		{"a list for the file", "- store\n", nil, []string{"ibid.yaml:1:", "the file (store, s3, catalog, network", "a list"}},
		{"a word for a number", "network:\n  tries: three\n", nil, []string{"ibid.yaml:2:", "network.tries", `"three" is not a whole number`}},
		{"a fraction for a number", "network: {tries: 1.5}\n", nil, []string{"not a whole number"}},
		{"a word for a switch", "crawl: {requisites: maybe}\n", nil, []string{"crawl.requisites", "neither true nor false"}},
		{"a list for a switch", "crawl: {requisites: [true]}\n", nil, []string{"true or false", "a list"}},
		{"a section for a value", "store: {dir: a}\n", nil, []string{"store", "one value", "keys with values"}},
		{"a section for a list", "network: {allow: {a: b}}\n", nil, []string{"network.allow", "a list"}},
		{"a list in a list", "network:\n  allow:\n    - a\n    - [b]\n", nil, []string{"item 2 (line 4)", "a list"}},
		{"an empty item", "network:\n  allow:\n    - \n", nil, []string{"item 1", "nothing"}},
		{"an alias", "store: &s a\ncatalog: *s\n", nil, []string{"ibid.yaml:2:", "catalog", "alias"}},
		{"a wrong size", "network:\n  max_body: 4 gigs\n", nil, []string{"network.max_body", `"4 gigs"`, "GiB"}},
		{"a time without a unit", "network: {timeout: {total: 600}}\n", nil, []string{"network.timeout.total", `"600"`, `"30s"`}},
		{"a word of no list", "crawl: {robots: maybe}\n", nil, []string{"crawl.robots", `neither "obey" nor "ignore"`}},
		{"no YAML", "store: [\n", nil, []string{"ibid.yaml:", "not YAML"}},
		{"bytes", "\x00\x01\x02", nil, []string{"ibid.yaml", "not YAML"}},
		{"two documents", "store: a\n---\nstore: b\n", nil, []string{"ibid.yaml", "more than one YAML document"}},
		{"too large", "#" + strings.Repeat("a", 1<<20), nil, []string{"ibid.yaml", "larger than 1 MiB"}},
		{"out of range in the file", "network:\n\n  tries: 0\n", nil, []string{"ibid.yaml:3:", "network.tries", "from 1 to 100"}},
		{"out of range in the environment", "", []string{"IBID_NETWORK_TRIES=0"}, []string{"IBID_NETWORK_TRIES:", "from 1 to 100"}},
		{"a wrong variable", "", []string{"IBID_NETWORK_TIMEOUT_TOTAL=soon"}, []string{"IBID_NETWORK_TIMEOUT_TOTAL:", `"soon"`}},
		{"a wrong item in a variable", "", []string{"IBID_NETWORK_PORTS=80,http"}, []string{"IBID_NETWORK_PORTS:", `"http"`}},
		{"no store", "store: ''\n", nil, []string{"store", "name a directory"}},
		{"a store of no kind", "store: ftp://host/a\n", nil, []string{"ftp://host/a", "directory", "s3://BUCKET/PREFIX"}},
		{"a bucket without a name", "store: s3:///a\n", nil, []string{"s3:///a", "names no bucket"}},
		{"an endpoint with a scheme", "s3: {endpoint: 'https://s3.example.org'}\n", nil, []string{"s3.endpoint", "HOST:PORT", "s3.secure"}},
		{"an addressing of no kind", "s3: {addressing: virtual}\n", nil, []string{"s3.addressing", `"path"`, `"host"`}},
		{"a spool that holds nothing", "spool: {max: 1 KiB}\n", nil, []string{"spool.max", "1 MiB"}},
		{"a catalogue of another kind", "catalog: ibid.db\n", nil, []string{"catalog", "sqlite:PATH"}},
		{"a password in a wrong catalogue", "catalog: mysql://me:secret@host/db\n", nil, []string{"catalog", "postgres://USER@HOST/DATABASE"}},
		{"a header in the contact", "network: {contact: \"a\\r\\nX: b\"}\n", nil, []string{"network.contact", "one line"}},
		{"a port that is none", "network: {ports: [80, 65536]}\n", nil, []string{"network.ports", "65536"}},
		{"a resolver by name", "network: {resolver: dns.example.org}\n", nil, []string{"network.resolver", "ADDRESS:PORT"}},
		{"no time at all", "network: {timeout: {idle: 0}}\n", nil, []string{"network.timeout.idle", "more than 0"}},
		{"a head that holds nothing", "network: {max_header: 10}\n", nil, []string{"network.max_header", "10 B", "1 KiB"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := configs.Load(write(t, test.file), test.environ)
			if err == nil {
				t.Fatal("no error")
			}
			if ibid.KindOf(err) != ibid.KindInput {
				t.Errorf("kind %q, want %q", ibid.KindOf(err), ibid.KindInput)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestAKeyCanBeWrittenInOnePiece(t *testing.T) {
	c, err := configs.Load(write(t, "network.timeout.total: 1h\ncrawl:\n  per_host.delay: 0\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if time.Duration(c.Network.Timeout.Total) != time.Hour || c.Crawl.PerHost.Delay != 0 {
		t.Errorf("total %v, delay %v; want 1h and 0", c.Network.Timeout.Total, c.Crawl.PerHost.Delay)
	}
}

func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	for _, name := range []string{missing, t.TempDir()} {
		_, err := configs.Load(name, nil)
		if ibid.KindOf(err) != ibid.KindInput || !strings.Contains(err.Error(), name) {
			t.Errorf("Load(%q): %v; want an error of kind input that names it", name, err)
		}
		if n := strings.Count(err.Error(), name); n != 1 {
			t.Errorf("the sentence names the file %d times: %v", n, err)
		}
	}
}

func TestValidateSeesWhatAFlagChanged(t *testing.T) {
	c := configs.Default()
	c.Catalog = "mysql://db"
	if err := c.Validate(); ibid.KindOf(err) != ibid.KindInput || !strings.Contains(err.Error(), "catalog") {
		t.Errorf("Validate: %v; want an error of kind input that names the catalog", err)
	}
}

func TestBucket(t *testing.T) {
	for store, want := range map[string][2]string{
		"s3://b": {"b", ""}, "s3://b/": {"b", ""}, "s3://b/p": {"b", "p"}, "s3://b/p/q/": {"b", "p/q"},
	} {
		bucket, prefix, ok := configs.Config{Store: store}.Bucket()
		if !ok || bucket != want[0] || prefix != want[1] {
			t.Errorf("%s: %q, %q, %v", store, bucket, prefix, ok)
		}
	}
	if _, _, ok := (configs.Config{Store: "./s3"}).Bucket(); ok {
		t.Error("a directory is taken for a bucket")
	}
}
