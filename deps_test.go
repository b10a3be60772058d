package ibid_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ibid-archive/ibid"

// mayImport is the policy: who may import whom inside the module. A package that is not here may not
// exist. The root imports nothing of ours; "" is the root.
var mayImport = map[string][]string{
	"": {},

	"archive/blob":          {""},
	"archive/warc":          {},
	"internal/pdf":          {""},
	"internal/pdf/pdftest":  {},
	"internal/chromiumtest": {},
	"internal/netguard":     {""},
	"internal/testsite":     {},
	"internal/metadata":     {"", "internal/pdf"},
	"archive/cdx":           {""},
	"archive/wacz":          {"", "archive/cdx", "archive/warc"},
	"archive/custody":       {"", "archive/blob", "archive/cdx"},
	"archive/blob/mem":      {"", "archive/blob"},
	"archive/blob/fs":       {"", "archive/blob"},
	"archive/blob/s3":       {"", "archive/blob"},
	"archive/blob/retry":    {"", "archive/blob"},
	"archive/blob/spool":    {"", "archive/blob"},
	"archive/blob/blobtest": {"", "archive/blob"},

	"archive/blob/blobtest/fakes3": {},
	"archive/custody/custodytest":  {},
	"archive/blob/blobtest/faulty": {},

	"crawler":           {""},
	"scheduler":         {""},
	"internal/citation": {"", "internal/pdf"},
	"internal/notify":   {""},
	"internal/access":   {"", "archive/cdx"},

	"internal/citeform":   {""},
	"internal/compare":    {},
	"internal/library":    {""},
	"internal/login":      {""},
	"internal/linkhealth": {""},
	"internal/rescue":     {""},
	"internal/replay":     {"", "archive/cdx"},

	"internal/notify/smtpsink":   {},
	"internal/notify/notifytest": {"", "internal/notify"},

	"configs":                 {"", "scheduler"},
	"scheduler/schedulertest": {"", "scheduler"},

	"internal/catalog": {"", "archive/cdx"},

	"internal/catalog/catalogtest": {},

	"internal/queue":  {""},
	"internal/server": {""},
	"archive":         {"", "archive/blob", "archive/warc", "archive/cdx", "archive/custody"},

	"internal/pipeline": {
		"", "archive", "archive/cdx", "crawler", "internal/catalog", "internal/citation",
		"internal/library", "internal/linkhealth", "internal/metadata", "internal/notify", "internal/pdf", "internal/queue", "internal/rescue",
	},

	"internal/report": {"", "internal/pipeline"},

	"cmd/ibid": {
		"", "archive", "archive/blob", "archive/blob/fs", "archive/blob/retry", "archive/blob/s3", "archive/blob/spool", "archive/cdx", "archive/custody", "archive/wacz", "archive/warc", "configs", "crawler", "internal/catalog",
		"internal/citation", "internal/citeform", "internal/linkhealth", "internal/netguard", "internal/pdf", "internal/pipeline", "internal/rescue",
		"internal/access", "internal/compare", "internal/login", "internal/notify", "internal/queue", "internal/replay", "internal/report", "internal/server", "internal/testsite", "scheduler",
	},
}

// homes says which packages may import an outside library, by module path; "*_test" is any test file.
// The standard library is free to all but the root's own rule (see TestRootImportsStandardLibraryOnly).
var homes = map[string][]string{
	"code.dny.dev/ssrf":                        {"internal/netguard"},
	"github.com/PuerkitoBio/goquery":           {"crawler", "internal/citation", "internal/library", "internal/linkhealth", "internal/metadata", "internal/pipeline"},
	"github.com/abadojack/whatlanggo":          {"internal/citation", "internal/metadata"},
	"github.com/alecthomas/kong":               {"cmd/ibid"},
	"github.com/andybalholm/brotli":            {"archive", "crawler", "*_test"},
	"github.com/chromedp/cdproto":              {"internal/chromiumtest"},
	"github.com/chromedp/chromedp":             {"internal/chromiumtest"},
	"github.com/coreos/go-oidc/v3":             {"internal/login"},
	"github.com/digitorus/pkcs7":               {"archive/custody"},
	"github.com/digitorus/timestamp":           {"archive/custody", "archive/custody/custodytest"},
	"github.com/gocolly/colly/v2":              {"crawler"},
	"github.com/google/uuid":                   {"archive/warc", "internal/pipeline", "internal/queue"},
	"github.com/itlightning/dateparse":         {"internal/metadata"},
	"github.com/jackc/pgx/v5":                  {"internal/catalog", "internal/catalog/catalogtest", "internal/queue"},
	"github.com/johannesboyne/gofakes3":        {"archive/blob/blobtest/fakes3"},
	"github.com/klauspost/compress":            {"archive", "archive/warc", "crawler", "*_test"},
	"github.com/klippa-app/go-pdfium":          {"internal/pdf"},
	"github.com/minio/minio-go/v7":             {"archive/blob/s3", "*_test"},
	"github.com/nlnwa/whatwg-url":              {"archive/cdx"},
	"github.com/pressly/goose/v3":              {"internal/catalog"},
	"github.com/prometheus/client_golang":      {"internal/server"},
	"github.com/riverqueue/river":              {"internal/queue"},
	"github.com/robfig/cron/v3":                {"scheduler"},
	"github.com/rogpeppe/go-internal":          {"*_test"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"*_test"},
	"github.com/tetratelabs/wazero":            {"internal/pdf"},
	"github.com/vbauerster/mpb/v8":             {"cmd/ibid"},
	"github.com/yuin/goldmark":                 {"internal/citation"},
	"go.uber.org/goleak":                       {"*_test"},
	"go.yaml.in/yaml/v3":                       {"configs"},
	"golang.org/x/mod":                         {"archive/custody"},
	"golang.org/x/net":                         {"crawler", "internal/citation", "internal/citeform", "internal/compare", "internal/library", "internal/linkhealth", "internal/metadata", "internal/replay", "*_test"},
	"golang.org/x/oauth2":                      {"internal/login"},
	"golang.org/x/sync":                        {"cmd/ibid", "crawler", "internal/pipeline"},
	"golang.org/x/sys":                         {"cmd/ibid", "internal/pdf"},
	"golang.org/x/term":                        {"cmd/ibid"},
	"golang.org/x/text":                        {"internal/catalog", "internal/citation", "internal/citeform", "internal/library", "internal/metadata", "internal/report"},
	"golang.org/x/tools":                       {"internal/testsite", "*_test"},
	"modernc.org/sqlite":                       {"internal/catalog", "*_test"},
}

type goFile struct {
	name, pkg string // slash paths below the module
	test      bool
	imports   []string
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(name)
		f := goFile{name: slash, pkg: strings.TrimPrefix(path.Dir(slash), "."), test: strings.HasSuffix(name, "_test.go")}
		for _, spec := range parsed.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, p)
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryPackageHasAFloor(t *testing.T) {
	for _, f := range goFiles(t) {
		if _, ok := mayImport[f.pkg]; !ok {
			t.Errorf("%s: package %q is not in mayImport: give it a floor first", f.name, f.pkg)
		}
	}
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	does := map[string][]string{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		for _, imp := range f.imports {
			below, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			below = strings.TrimPrefix(below, "/")
			does[f.pkg] = append(does[f.pkg], below)
			if !slices.Contains(mayImport[f.pkg], below) {
				t.Errorf("%s imports %q: not allowed for %q", f.name, below, f.pkg)
			}
		}
	}
	for pkg, all := range mayImport {
		for _, below := range all {
			if !slices.Contains(does[pkg], below) {
				t.Errorf("%q does not import %q: take it out of mayImport", pkg, below)
			}
		}
	}
}

func TestOutsideLibrariesHaveOneHome(t *testing.T) {
	used := map[string]bool{}
	for _, f := range goFiles(t) {
		for _, imp := range f.imports {
			if strings.HasPrefix(imp, module) || !strings.Contains(strings.Split(imp, "/")[0], ".") {
				continue
			}
			lib := library(imp)
			if lib == "" {
				t.Errorf("%s imports %s, which has no home in deps_test.go", f.name, imp)
				continue
			}
			at := slices.IndexFunc(homes[lib], func(home string) bool { return home == f.pkg || home == "*_test" && f.test })
			if at < 0 {
				t.Errorf("%s imports %s, whose home is elsewhere", f.name, imp)
				continue
			}
			used[lib+" in "+homes[lib][at]] = true
		}
	}
	for lib, pkgs := range homes {
		for _, home := range pkgs {
			if !used[lib+" in "+home] {
				t.Errorf("nobody imports %s in %s: take it out of homes", lib, home)
			}
		}
	}
}

// library is the module in homes that the package imp belongs to; empty: none.
func library(imp string) string {
	for lib := range homes {
		if imp == lib || strings.HasPrefix(imp, lib+"/") {
			return lib
		}
	}
	return ""
}

func TestRootImportsStandardLibraryOnly(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.pkg != "" || f.test {
			continue
		}
		for _, imp := range f.imports {
			if strings.Contains(strings.Split(imp, "/")[0], ".") {
				t.Errorf("%s imports %s: the root imports the standard library only", f.name, imp)
			}
		}
	}
}

// The floors of ARCHITECTURE.md have no cycles by construction; this keeps the table itself honest.
func TestPolicyHasNoCycle(t *testing.T) {
	state := map[string]int{}
	var visit func(string, []string)
	visit = func(pkg string, way []string) {
		switch state[pkg] {
		case 1:
			t.Fatalf("cycle in mayImport: %v", append(way, pkg))
		case 2:
			return
		}
		state[pkg] = 1
		for _, to := range mayImport[pkg] {
			if to != pkg {
				visit(to, append(way, pkg))
			}
		}
		state[pkg] = 2
	}
	for _, pkg := range slices.Sorted(maps.Keys(mayImport)) {
		visit(pkg, nil)
	}
}
