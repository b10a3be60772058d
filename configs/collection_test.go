package configs_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/scheduler"
)

// someCollections are written in every way that there is.
const someCollections = `
schedule: "@weekly"
collections:
  - name: forum
    title: Papers of the Forum
    visibility: private
    schedule: 0 3 * * 0
    timezone: Asia/Manila
    documents:
      - note.pdf
      - source: https://www.example.org/list.html
        schedule: "@daily"
    seeds:
      - https://www.example.org/
      - {uri: "http://gfmd2008.org/", schedule: never, timezone: Europe/Brussels}
  - name: empty
`

func TestCollections(t *testing.T) {
	c, err := configs.Load(write(t, someCollections), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []configs.Collection{
		{
			Name: "forum", Title: "Papers of the Forum", Visibility: configs.VisibilityPrivate, Schedule: "0 3 * * 0", Timezone: "Asia/Manila",
			Documents: []configs.Document{{Source: "note.pdf"}, {Source: "https://www.example.org/list.html", Schedule: "@daily"}},
			Seeds: []configs.Seed{
				{URI: "https://www.example.org/"}, {URI: "http://gfmd2008.org/", Schedule: "never", Timezone: "Europe/Brussels"},
			},
		},
		{Name: "empty"},
	}
	if !reflect.DeepEqual(c.Collections, want) {
		t.Errorf("got  %+v\nwant %+v", c.Collections, want)
	}
}

func TestACopyWithACommaByEnvironment(t *testing.T) {
	c, err := configs.Load("", []string{`IBID_COPIES=["/mnt/a, b", /mnt/c]`})
	if err != nil || len(c.Copies) != 2 || c.Copies[0].Store != "/mnt/a, b" {
		t.Errorf("%+v, %v", c.Copies, err)
	}
}

// TestCollectionsByEnvironment: a variable holds the whole list, in YAML or JSON, and takes the place of that in the
// file.
func TestCollectionsByEnvironment(t *testing.T) {
	file := write(t, someCollections)
	one := []configs.Collection{{Name: "a", Schedule: "@daily", Seeds: []configs.Seed{{URI: "http://a.example/"}, {URI: "http://b.example/,c"}}}}
	for name, test := range map[string]struct {
		value string
		want  []configs.Collection
	}{
		"YAML":                  {`[{name: a, schedule: "@daily", seeds: ["http://a.example/", {uri: "http://b.example/,c"}]}]`, one},
		"JSON":                  {`[{"name":"a","schedule":"@daily","seeds":["http://a.example/",{"uri":"http://b.example/,c"}]}]`, one},
		"YAML of several lines": {"- name: a\n  schedule: '@daily'\n  seeds:\n  - http://a.example/\n  - uri: http://b.example/,c\n", one},
		"nothing":               {"", nil},
		"none":                  {"[]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := configs.Load(file, []string{"IBID_COLLECTIONS=" + test.value})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Collections)+len(test.want) > 0 && !reflect.DeepEqual(c.Collections, test.want) {
				t.Errorf("got  %+v\nwant %+v", c.Collections, test.want)
			}
		})
	}
}

func TestErrorsOfSchedulesAndCollectionsNameThePlace(t *testing.T) {
	for _, test := range []struct {
		name, file string
		environ    []string
		want       []string // parts of the sentence
	}{
		{"a schedule that is none", "\nschedule: 0 3 * *\n", nil, []string{"ibid.yaml:2:", "schedule", "4 fields", `"0 3 * * *"`}},
		{"a schedule by environment", "", []string{"IBID_SCHEDULE=@weekley"}, []string{"IBID_SCHEDULE:", `did you mean "@weekly"`}},
		{"a zone that is not known", "timezone: Europe/Bruxelles\n", nil, []string{"ibid.yaml:1:", "timezone", `"Europe/Brussels"`}},
		{"a zone that is not known, in a schedule", "schedule: CRON_TZ=Mars/Base @daily\n", nil, []string{"ibid.yaml:1:", `no time zone "Mars/Base"`}},
		{"a zone of each machine", "timezone: Local\n", nil, []string{"ibid.yaml:1:", "each machine"}},
		{"a policy that is none", "scheduler: {catch_up: all}\n", nil, []string{"scheduler.catch_up", `neither "once" nor "none"`}},
		{"an overlap that is none", "scheduler: {overlap: kill}\n", nil, []string{"scheduler.overlap", `neither "skip" nor "queue"`}},
		{"too much jitter", "scheduler:\n  jitter: 1h\n", nil, []string{"ibid.yaml:2:", "scheduler.jitter", "30m"}},
		{"a factor that is none", "scheduler: {adaptive: {factor: 0}}\n", nil, []string{"scheduler.adaptive.factor", "from 1 to 16"}},
		{"the least is too little", "scheduler: {adaptive: {min: 1m}}\n", nil, []string{"scheduler.adaptive.min", "at least 1h"}},
		{"the most is below the least", "scheduler: {adaptive: {min: 48h, max: 24h}}\n", nil, []string{"scheduler.adaptive.max", "at least 48h"}},
		{"a slip in a key", "collections:\n- name: a\n  shedule: '@daily'\n", nil,
			[]string{"ibid.yaml:3:", `unknown key "collections[0].shedule"`, `"collections[0].schedule"`}},
		{"a slip in a key of a seed", "collections:\n- name: a\n  seeds:\n  - {url: 'http://a.example/'}\n", nil,
			[]string{"ibid.yaml:4:", `"collections[0].seeds[0].url"`, `"collections[0].seeds[0].uri"`}},
		{"a key twice", "collections:\n- name: a\n- name: b\n  title: c\n  title: d\n", nil,
			[]string{"ibid.yaml:5:", "collections[1].title is set twice", "line 4"}},
		{"collections that are no list", "collections: {a: b}\n", nil, []string{"ibid.yaml:1:", "a list", "keys with values"}},
		{"a collection that is a word", "collections: [forum]\n", nil,
			[]string{"collections[0] (name, title, documents, seeds, schedule, timezone, visibility, lock_days)", `"forum"`}},
		{"collections that are a word", "collections: forum\n", nil, []string{"a list", `"forum"`}},
		{"seeds that are no list", "collections:\n- name: a\n  seeds: http://a.example/\n", nil, []string{"ibid.yaml:3:", "collections[0].seeds", "a list"}},
		{"a seed that is a list", "collections: [{name: a, seeds: [[b]]}]\n", nil, []string{"collections[0].seeds[0] (uri, schedule, timezone)", "a list"}},
		{"no name", "collections:\n- title: a\n", nil, []string{"ibid.yaml:2:", "collections[0].name"}},
		{"nothing at all", "collections:\n-\n", nil, []string{"ibid.yaml:2:", "collections[0].name"}},
		{"a name with a slash", "collections: [{name: a/b}]\n", nil, []string{"collections[0].name", `"a/b"`}},
		{"a hidden name", "collections: [{name: .a}]\n", nil, []string{"collections[0].name"}},
		{"a name twice", "collections:\n- name: a\n- name: a\n", nil, []string{"ibid.yaml:3:", "collections[1].name", "collections[0]"}},
		{"a visibility that is none", "collections:\n- name: a\n  visibility: hidden\n", nil, []string{"ibid.yaml:3:", "collections[0].visibility", `"public" nor "private"`}},
		{"a schedule of a collection", "collections:\n- name: a\n  schedule: '60 * * * *'\n", nil, []string{"ibid.yaml:3:", "collections[0].schedule", "minute"}},
		{"a schedule of a document", "collections:\n- name: a\n  documents:\n  - a.pdf\n  - source: b.pdf\n    schedule: soon\n", nil,
			[]string{"ibid.yaml:6:", "collections[0].documents[1].schedule"}},
		{"a zone of a seed", "collections:\n- name: a\n  seeds:\n  - uri: http://a.example/\n    timezone: UTC+1\n", nil,
			[]string{"ibid.yaml:5:", "collections[0].seeds[0].timezone", "Etc/GMT-1"}},
		{"a document without a source", "collections:\n- name: a\n  documents:\n  - schedule: '@daily'\n", nil,
			[]string{"ibid.yaml:4:", "collections[0].documents[0].source", "empty"}},
		{"a document of two lines", "collections: [{name: a, documents: [\"a\\nb\"]}]\n", nil, []string{"collections[0].documents[0]", "one line"}},
		{"a title of two lines", "collections: [{name: a, title: \"a\\nb\"}]\n", nil, []string{"collections[0].title", "one line"}},
		{"a seed without a scheme", "collections:\n- name: a\n  seeds:\n  - http://a.example/\n  - gfmd2008.org\n", nil,
			[]string{"ibid.yaml:5:", "collections[0].seeds[1].uri", `did you mean "http://gfmd2008.org"`}},
		{"a seed of another scheme", "collections: [{name: a, seeds: ['ftp://a.example/']}]\n", nil, []string{"ftp://a.example/", "no address"}},
		{"a seed without an address", "collections: [{name: a, seeds: [{schedule: '@daily'}]}]\n", nil, []string{"collections[0].seeds[0].uri", "no address"}},
		{"a seed with a line end", "collections: [{name: a, seeds: [\"http://a.example/\\r\"]}]\n", nil, []string{"one line"}},
		{"a seed twice", "collections:\n- name: a\n  seeds:\n  - http://a.example/\n  - {uri: 'http://a.example/', schedule: '@daily'}\n", nil,
			[]string{"ibid.yaml:5:", "http://a.example/", "collections[0].seeds[0]"}},
		{"a document twice", "collections:\n- name: a\n  documents: [a.pdf, a.pdf]\n", nil, []string{"collections[0].documents[1]", "a.pdf"}},
		{"by environment, no list", "", []string{"IBID_COLLECTIONS=a,b"}, []string{"IBID_COLLECTIONS", "a list in YAML or JSON"}},
		{"copies by environment, no list", "", []string{"IBID_COPIES=/mnt/copy"}, []string{"IBID_COPIES", `["/mnt/copy", "s3://bucket/prefix"]`, "in quotes"}},
		{"by environment, no YAML", "", []string{"IBID_COLLECTIONS=[{"}, []string{"IBID_COLLECTIONS", "not YAML"}},
		{"by environment, a slip", "", []string{"IBID_COLLECTIONS=[{nmae: a}]"}, []string{"IBID_COLLECTIONS:1:", `"collections[0].name"`}},
		{"by environment, a value", "collections:\n- name: a\n  schedule: '@daily'\n", []string{"IBID_COLLECTIONS=- name: a\n  schedule: daily"},
			[]string{"IBID_COLLECTIONS:2:", "collections[0].schedule", `"@daily"`}},
		{"by environment, what only the file gave a place", "collections:\n- name: a\n", []string{"IBID_COLLECTIONS=[{title: b}]"},
			[]string{"IBID_COLLECTIONS:1:", "collections[0].name"}},
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

// TestTheFoundingCase holds the example to what it shows: it loads as it is, and its three addresses are those of
// the document that it names.
func TestTheFoundingCase(t *testing.T) {
	c, err := configs.Load("iom-gfmd.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	forum := c.Collections[0]
	note, err := os.ReadFile(strings.TrimPrefix(forum.Documents[0].Source, "configs/"))
	if err != nil {
		t.Fatal(err)
	}
	global, collection := scheduler.Rule{Schedule: c.Schedule, Zone: c.Timezone}, scheduler.Rule{Schedule: forum.Schedule, Zone: forum.Timezone}
	want := []struct{ uri, schedule string }{
		{"http://www.iom.int/jahia/Jahia/policy-research/regional-consultative-processes/pid/866", "CRON_TZ=Europe/Zurich @monthly"},
		{"http://www.gfmd-fmmd.org/", "CRON_TZ=Europe/Brussels 0 6 * * mon,thu"},
		{"http://gfmd2008.org/", "CRON_TZ=Asia/Manila 0 3 * * *"},
		{"https://www.gfmd.org/", "CRON_TZ=Europe/Zurich 30 2 * * 0"},
	}
	if len(c.Collections) != 1 || len(forum.Documents) != 1 || len(forum.Seeds) != len(want) {
		t.Fatalf("%d collections, %d documents, %d seeds", len(c.Collections), len(forum.Documents), len(forum.Seeds))
	}
	for i, w := range want {
		s := forum.Seeds[i]
		rule := scheduler.Resolve(global, collection, nil, scheduler.Rule{Schedule: s.Schedule, Zone: s.Timezone})
		schedule, err := scheduler.Parse(rule.Schedule, rule.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if s.URI != w.uri || schedule.String() != w.schedule {
			t.Errorf("seed %d: %s, %s; want %s, %s", i, s.URI, schedule, w.uri, w.schedule)
		}
		if cited := strings.Contains(string(note), "<"+w.uri+">"); cited != (i < 3) {
			t.Errorf("the document cites %s: %v", w.uri, cited)
		}
	}
}
