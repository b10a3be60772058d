package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

var noWatch pipeline.Watch

// askers are the credentials of the tables below, in the order of their columns.
var askers = []string{"", "wrong", "expired", "revoked", "reader", "writer", "admin", "writer of notes"}

// assetOf is the first file that a page needs.
func assetOf(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`/assets/[^"]+`).FindString(page)
	if found == "" {
		t.Fatalf("the page needs no file:\n%s", page)
	}
	return found
}

// TestEveryRouteByCredential is the table of (credential x method x status): a route that is not in it fails.
func TestEveryRouteByCredential(t *testing.T) {
	s := startAPI(t, "")
	one := url.QueryEscape(s.site + "/one")
	ref := s.get("/api/v1/collections/notes/documents/"+s.document+"/references", "")["items"].([]any)[0].(map[string]any)["id"].(string)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	all := func(n int) []int { return slices.Repeat([]int{n}, len(askers)) }
	//                    nobody wrong expired revoked reader writer admin writer of notes
	public := []int{200, 401, 401, 401, 200, 200, 200, 200}
	private := []int{404, 401, 401, 401, 200, 200, 200, 404}
	withToken := []int{401, 401, 401, 401, 200, 200, 200, 200}
	withTokenPrivate := []int{401, 401, 401, 401, 200, 200, 200, 404}
	write := []int{401, 401, 401, 401, 403, 200, 200, 200}
	writePrivate := []int{401, 401, 401, 401, 403, 200, 200, 404}
	instead := func(of []int, status int) []int {
		out := slices.Clone(of)
		for i := range out {
			if out[i] == 200 {
				out[i] = status
			}
		}
		return out
	}
	accepted := func(of []int) []int { return instead(of, 202) }
	redirected := func(of []int) []int { return instead(of, 302) }
	type row struct {
		path, body string
		want       []int
		header     []string
	}
	form303 := func(of []int) []int { return instead(of, 303) }
	upload := func(collection string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"collection\"\r\n\r\n" + collection +
			"\r\n--b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.md\"\r\n\r\n# A\n\nSee " + s.site + "/one\r\n--b--\r\n"
	}
	multi := []string{"Content-Type", "multipart/form-data; boundary=b"}
	table := map[string][]row{
		"GET /healthz": {{path: "/healthz", want: all(200)}}, "GET /readyz": {{path: "/readyz", want: all(200)}}, "GET /metrics": {{path: "/metrics", want: []int{401, 401, 401, 401, 200, 200, 200, 403}}},
		"GET /feed.atom": {
			{path: "/feed.atom", want: public}, {path: "/feed.atom?collection=notes", want: public}, {path: "/feed.atom?collection=desk", want: private},
		},
		"GET /signin":              {{path: "/signin", want: public}},
		"POST /signin":             {{path: "/signin", body: "token=none", want: []int{403, 401, 401, 401, 401, 401, 401, 401}, header: form}},
		"POST /signout":            {{path: "/signout", want: []int{403, 401, 401, 401, 303, 303, 303, 303}, header: form}},
		"/":                        {{path: "/nothing", want: []int{404, 401, 401, 401, 404, 404, 404, 404}}},
		"GET /api/v1/openapi.json": {{path: "/api/v1/openapi.json", want: all(200)}},
		"GET /api/v1/collections":  {{path: "/api/v1/collections", want: public}},
		"GET /api/v1/jobs/{id}": {
			{path: "/api/v1/jobs/" + s.finished("notes"), want: withToken}, {path: "/api/v1/jobs/" + s.finished("desk"), want: withTokenPrivate},
		},
		"POST /save":     {{path: "/save", body: "collection=notes&url=" + one, want: write, header: form}, {path: "/save", body: "collection=desk&url=" + one, want: writePrivate, header: form}},
		"POST /save/{$}": {{path: "/save/", body: "collection=notes&url=" + one, want: write, header: form}},
		"GET /upload":    {{path: "/upload", want: write}},
		"POST /upload": {
			{path: "/upload", body: upload("notes"), want: form303(write), header: multi}, {path: "/upload", body: upload("desk"), want: form303(writePrivate), header: multi},
		},
		"POST /schedules": {
			{path: "/schedules", body: "collection=notes&action=pause&uri=http://nothing.example/", want: instead(stranger(write), 303), header: form},
			{path: "/schedules", body: "collection=desk&action=pause&uri=http://nothing.example/", want: instead(stranger(writePrivate), 303), header: form},
		},
		"GET /uploads/{id}":        {{path: "/uploads/job-of-notes", want: withToken}, {path: "/uploads/job-of-desk", want: withTokenPrivate}},
		"GET /uploads/{id}/events": {{path: "/uploads/job-of-notes/events", want: withToken}, {path: "/uploads/job-of-desk/events", want: withTokenPrivate}},
		"GET /documents/{id}/archive": {
			{path: "/documents/" + s.document + "/archive?collection=notes", want: write}, {path: "/documents/" + s.document + "/archive?collection=desk", want: hidden(writePrivate)},
		},
		"POST /documents/{id}/archive": {
			{path: "/documents/" + s.document + "/archive?collection=notes", body: "reference=" + ref, want: form303(stranger(write)), header: form},
			{path: "/documents/" + s.document + "/archive?collection=desk", body: "reference=" + ref, want: form303(stranger(writePrivate)), header: form},
		},
		"GET /save/status/{id}": {{path: "/save/status/job-of-notes", want: withToken}, {path: "/save/status/job-of-desk", want: withTokenPrivate}},
	}
	for pattern, path := range map[string]string{"GET /cdx": "/cdx?url=", "GET /cdx/search/cdx": "/cdx/search/cdx?url="} {
		table[pattern] = []row{{path: path + one, want: public}}
	}
	for pattern, path := range map[string]string{
		"GET /timegate/": "/timegate/", "GET /web/": "/web/", // a redirect to the nearest
	} {
		table[pattern] = []row{{path: path + s.site + "/one", want: redirected(public)}}
	}
	for pattern, path := range map[string]string{"GET /timemap/": "/timemap/link/", "GET /web/*/": "/web/*/"} {
		table[pattern] = []row{{path: path + s.site + "/one", want: public}}
	}
	for pattern, path := range map[string]string{
		"GET /{$}": "/", "GET /search": "/search?q=one", "GET /documents": "/documents", "GET /collections": "/collections", "GET /schedules": "/schedules", "GET /trust": "/trust",
		"GET /compare": "/compare?url=" + one,
		"GET /assets/": assetOf(t, s.call("GET", "/", "", "").Body.String()),
	} {
		table[pattern] = []row{{path: path, want: public}}
	}
	for pattern, path := range map[string]string{
		"GET /documents/{id}": "/documents/" + s.document + "?collection=", "GET /documents/{id}/{report}": "/documents/" + s.document + "/report.json?collection=",
		"GET /documents/{id}/robust": "/documents/" + s.document + "/robust?collection=", "GET /export/{file}": "/export/" + s.document + ".wacz?collection=",
		"GET /references/{id}": "/references/" + s.document + "." + ref + "?collection=", "GET /references/{id}/{form}": "/references/" + s.document + "." + ref + "/bibtex.bib?collection=",
		"GET /collections/{name}": "/collections/",
	} {
		table[pattern] = []row{{path: path + "notes", want: public}, {path: path + "desk", want: private}}
	}
	table["GET /export/{file}"] = append(table["GET /export/{file}"], row{path: "/export/notes.wacz", want: public}, row{path: "/export/desk.wacz", want: private})
	table["OPTIONS /export/{file}"] = []row{{path: "/export/desk.wacz", want: instead(public, 204)}}
	const in = "/api/v1/collections/"
	for path, pattern := range map[string]string{
		"": "", "/documents": "/documents", "/documents/" + s.document: "/documents/{id}",
		"/documents/" + s.document + "/references":        "/documents/{id}/references",
		"/documents/" + s.document + "/references/" + ref: "/documents/{id}/references/{reference}",
		"/captures?url=" + one:                            "/captures", "/checks?url=" + one: "/checks", "/schedules": "/schedules", "/events": "/events",
	} {
		table["GET "+in+"{collection}"+pattern] = []row{{path: in + "notes" + path, want: public}, {path: in + "desk" + path, want: private}}
	}
	for _, action := range []string{"pause", "resume", "run"} {
		table["POST "+in+"{collection}/schedules/"+action] = []row{
			{path: in + "notes/schedules/" + action, want: write, body: `{"uri":"http://nothing.example/"}`}, {path: in + "desk/schedules/" + action, want: writePrivate, body: `{"uri":"http://nothing.example/"}`},
		}
	}
	table["POST "+in+"{collection}/documents"] = []row{
		{path: in + "notes/documents?name=a.md", body: "# A\n\nSee " + s.site + "/one", want: accepted(write)},
		{path: in + "desk/documents?name=a.md", body: "# A\n\nSee " + s.site + "/one", want: accepted(writePrivate)},
	}
	for _, pattern := range s.handler.Patterns() {
		if len(table[pattern]) == 0 {
			t.Errorf("the route %q is not in the table", pattern)
		}
	}
	for pattern, rows := range table {
		if !slices.Contains(s.handler.Patterns(), pattern) {
			t.Errorf("there is no route %q", pattern)
		}
		method, _, ok := strings.Cut(pattern, " ")
		if !ok {
			method = "GET"
		}
		for _, r := range rows {
			for i, as := range askers {
				t.Run(fmt.Sprintf("%s %s as %q", method, strings.ReplaceAll(r.path, s.site, ""), as), func(t *testing.T) {
					w := s.call(method, r.path, as, r.body, r.header...)
					if w.Code != r.want[i] {
						t.Errorf("status %d, want %d: %.300s", w.Code, r.want[i], w.Body)
					}
					if w.Code == 401 && w.Header().Get("WWW-Authenticate") == "" {
						t.Error("it does not say how to sign in")
					}
					if as == "" && w.Code >= 400 && strings.Contains(w.Body.String(), "private") {
						t.Errorf("it tells what is there: %s", w.Body)
					}
				})
			}
			s.otherMethod(t, pattern, r.path)
			// A page elsewhere cannot write, whatever its reader may do.
			if method == "POST" {
				w := s.call(method, r.path, "admin", r.body, append([]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, r.header...)...)
				if w.Code != 403 {
					t.Errorf("%s from elsewhere: %d", r.path, w.Code)
				}
			}
		}
	}
}

// otherMethod asks for a path by the method that it has not, as everybody.
func (s *apiServer) otherMethod(t *testing.T, pattern, path string) {
	t.Helper()
	method, of, _ := strings.Cut(pattern, " ")
	other, status := "POST", 405
	if method == "POST" {
		other = "GET"
	}
	plain, _, _ := strings.Cut(path, "?")
	if slices.Contains(s.handler.Patterns(), other+" "+of) {
		return
	}
	if pattern == "/" { // which is all that there is not
		status = 404
	}
	for i, as := range askers {
		want := status
		if i >= 1 && i <= 3 && !slices.Contains([]string{"/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"}, plain) {
			want = 401
		}
		if w := s.call(other, path, as, "", "Content-Type", "application/x-www-form-urlencoded"); w.Code != want {
			t.Errorf("%s %s as %q: status %d, want %d: %.200s", other, path, as, w.Code, want, w.Body)
		}
	}
}

// hidden is of for what nobody who is not known may know of.
func hidden(of []int) []int { return append([]int{404}, of[1:]...) }

// stranger is of for a form that whoever is not known cannot have from us.
func stranger(of []int) []int { return append([]int{403}, of[1:]...) }

// TestDescription holds what the API says of itself against the routes that there are, and against what they answer.
func TestDescription(t *testing.T) {
	s := startAPI(t, "")
	doc := s.get("/api/v1/openapi.json", "")
	var described []string
	for path, methods := range doc["paths"].(map[string]any) {
		for method := range methods.(map[string]any) {
			pattern := strings.ToUpper(method) + " " + path
			if strings.HasSuffix(path, "/") {
				pattern += "{$}"
			}
			described = append(described, pattern)
			if !slices.Contains(s.handler.Patterns(), pattern) {
				t.Errorf("%s is described and is not there", pattern)
			}
		}
	}
	for _, pattern := range s.handler.Patterns() {
		if (strings.Contains(pattern, " /api/") || strings.Contains(pattern, " /save")) && !slices.Contains(described, pattern) {
			t.Errorf("%s is not described", pattern)
		}
	}
	if err := s.h.catalog.Tell(t.Context(), []ibid.Event{{ID: "e", Kind: ibid.SourceDied, When: time.Now(), Collection: "notes", Seed: s.site + "/gone", Text: "it is gone"}}); err != nil {
		t.Fatal(err)
	}
	in, one := "/api/v1/collections/notes", "?url="+url.QueryEscape(s.site+"/one")
	ref := s.get(in+"/documents/"+s.document+"/references", "")["items"].([]any)[0].(map[string]any)["id"].(string)
	job := s.finished("notes")
	for path, name := range map[string]string{
		"/api/v1/collections": "/api/v1/collections", in: "/api/v1/collections/{collection}", in + "/documents": "/api/v1/collections/{collection}/documents",
		in + "/documents/" + s.document:                        "/api/v1/collections/{collection}/documents/{id}",
		in + "/documents/" + s.document + "/references":        "/api/v1/collections/{collection}/documents/{id}/references",
		in + "/documents/" + s.document + "/references/" + ref: "/api/v1/collections/{collection}/documents/{id}/references/{reference}",
		in + "/captures" + one:                                 "/api/v1/collections/{collection}/captures", in + "/checks" + one: "/api/v1/collections/{collection}/checks",
		in + "/schedules": "/api/v1/collections/{collection}/schedules", in + "/events": "/api/v1/collections/{collection}/events",
		"/api/v1/jobs/" + job: "/api/v1/jobs/{id}", "/save/status/" + job: "/save/status/{id}",
	} {
		t.Run(name, func(t *testing.T) {
			got := any(s.get(path, "writer"))
			schema := dig(t, doc, "paths", name, "get", "responses", "200", "content", "application/json", "schema")
			conforms(t, doc, schema, got, name)
			if items, ok := got.(map[string]any)["items"].([]any); ok && len(items) == 0 {
				t.Error("nothing is listed, so nothing is tested")
			}
			w := s.call("GET", path, "writer", "")
			again := s.call("GET", path, "writer", "", "If-None-Match", `"x", W/`+w.Header().Get("ETag"))
			if w.Header().Get("ETag") == "" || again.Code != 304 || again.Body.Len() > 0 {
				t.Errorf("asked again: %d, %q", again.Code, w.Header().Get("ETag"))
			}
		})
	}
	w := s.call("GET", in+"/documents/none", "", "")
	var problem any
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%v, %v", err, w.Header())
	}
	conforms(t, doc, dig(t, doc, "components", "schemas", "Problem"), problem, "problem")
}

func dig(t *testing.T, v any, path ...string) map[string]any {
	t.Helper()
	for _, p := range path {
		v = v.(map[string]any)[p]
	}
	m, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("there is no %v", path)
	}
	return m
}

// conforms holds v against those words of JSON Schema that the description uses. What it does not name must not be there.
func conforms(t *testing.T, doc, schema map[string]any, v any, at string) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		conforms(t, doc, dig(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), v, at)
		return
	}
	if _, whole := schema["allOf"]; whole {
		return // its parts each know some members only; see the test of captures
	}
	types := map[string]bool{}
	switch v := v.(type) {
	case map[string]any:
		types["object"] = true
		props, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				t.Errorf("%s has no %s: %v", at, name, v)
			}
		}
		for name, member := range v {
			if known, ok := props[name].(map[string]any); ok {
				conforms(t, doc, known, member, at+"."+name)
			} else if props != nil && !slices.Contains([]string{"evidence", "checked", "seconds", "attempts", "strikes", "holdings", "provenance", "successor", "drift", "authors", "accessed", "identifiers", "given_up"}, name) {
				t.Errorf("%s has %s, which is not described", at, name)
			}
		}
	case []any:
		types["array"] = true
		if items, ok := schema["items"].(map[string]any); ok {
			for i := range v {
				conforms(t, doc, items, v[i], fmt.Sprintf("%s[%d]", at, i))
			}
		}
	case string:
		types["string"] = true
	case float64:
		types["number"], types["integer"] = true, v == float64(int64(v))
	case bool:
		types["boolean"] = true
	}
	if kind, ok := schema["type"].(string); ok && !types[kind] {
		t.Errorf("%s is %v, and no %s", at, v, kind)
	}
	if values, ok := schema["enum"].([]any); ok && !slices.Contains(values, v) {
		t.Errorf("%s is %v, and none of %v", at, v, values)
	}
}

// TestHostileRequests: what cannot be meant gets a clear 4xx, soon.
func TestHostileRequests(t *testing.T) {
	s := startAPI(t, "")
	long := strings.Repeat("a", 1<<20)
	in := "/api/v1/collections/notes"
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, tt := range []struct {
		name, method, path, body string
		header                   []string
		want                     int
	}{
		{"a query of 1 MB", "GET", in + "/captures?url=http://a.example/" + long, "", nil, 400},
		{"a name of 1 MB", "GET", "/api/v1/collections/" + long, "", nil, 400},
		{"a cursor of 1 MB", "GET", in + "/documents?cursor=" + long, "", nil, 400},
		{"a cursor that is none", "GET", in + "/captures?url=http://a.example/&cursor=" + "YWJj", "", nil, 400},
		{"a cursor with NUL", "GET", in + "/documents?cursor=AAAA", "", nil, 400},
		{"no base64", "GET", in + "/documents?cursor=%25", "", nil, 400},
		{"a limit of nothing", "GET", in + "/documents?limit=0", "", nil, 400},
		{"a limit of too much", "GET", in + "/documents?limit=99999999999999999999", "", nil, 400},
		{"a broken query", "GET", in + "/documents?limit=%zz", "", nil, 400},
		{"no address", "GET", in + "/captures", "", nil, 400},
		{"NUL in a name", "GET", in + "/documents/a%00b", "", nil, 400},
		{"no UTF-8", "GET", in + "/documents/%ff%fe", "", nil, 400},
		{"a path for a name", "GET", in + "/documents/note.md", "", nil, 404},
		{"up and away", "GET", in + "/documents/..%2f..%2fdesk", "", nil, 404},
		{"an address that is none", "GET", in + "/captures?url=%5B%5D", "", nil, 200},
		{"no name", "POST", in + "/documents", "# A", nil, 400},
		{"no document", "POST", in + "/documents?name=a.md", "", nil, 400},
		{"no document of this kind", "POST", in + "/documents?name=a.exe", "MZ\x00\x01\x02\xff", nil, 400},
		{"a file for an address", "POST", in + "/documents", `{"uri":"/etc/passwd"}`, []string{"Content-Type", "application/json"}, 400},
		{"a file by its scheme", "POST", in + "/documents", `{"uri":"file:///etc/passwd"}`, []string{"Content-Type", "application/json"}, 400},
		{"no JSON", "POST", in + "/documents", `{"uri":`, []string{"Content-Type", "application/json"}, 400},
		{"1 MB of JSON", "POST", in + "/documents", `{"uri":"` + long + `"}`, []string{"Content-Type", "application/json"}, 413},
		{"a document that is too large", "POST", in + "/documents?name=a.md", strings.Repeat(long, 65), nil, 413},
		{"a key of 1 MB", "POST", in + "/documents?name=a.md", "# A", []string{"Idempotency-Key", long}, 400},
		{"no such collection", "POST", "/api/v1/collections/nothing/documents?name=a.md", "# A", nil, 404},
		{"no such method", "DELETE", in, "", nil, 405},
		{"save without an address", "POST", "/save", "", form, 400},
		{"save of another scheme", "POST", "/save", "url=ftp://a.example/", form, 400},
		{"save of no form", "POST", "/save", `{"url":"http://a.example/"}`, []string{"Content-Type", "application/json"}, 400},
		{"save of 1 MB", "POST", "/save", "url=http://a.example/" + long, form, 413},
		{"save within nonsense", "POST", "/save", "url=http://a.example/&if_not_archived_within=soon", form, 400},
		{"a scheme of 1 MB", "GET", in, "", []string{"Authorization", "Bearer " + long}, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			w := s.call(tt.method, tt.path, "writer", tt.body, tt.header...)
			if w.Code != tt.want || w.Body.Len() > 5000 {
				t.Errorf("status %d with %d bytes, want %d: %.300s", w.Code, w.Body.Len(), tt.want, w.Body)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
