package server

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListsAsFiles(t *testing.T) {
	h := serverOf(demoShelf())
	for path, want := range map[string]struct {
		rows        int
		column, has string
	}{
		"/documents?": {1, "title", "A note on migration"}, "/collections/papers?": {1, "id", "1c1517ea914c6730"}, "/collections?": {2, "schedule", "0 3 * * 1"},
		"/schedules?": {2, "next_local", "2026-11-30T03:00:00+07:00"}, "/search?q=consultation&": {2, "reference", "r1"},
		"/?list=needs&": {2, "name", "2008 Session 2.2 (es)"}, "/?list=recent&": {1, "title", "First consultation"},
	} {
		w := ask(t, h, "GET", path+"format=csv")
		rows, err := csv.NewReader(w.Body).ReadAll()
		if err != nil || w.Code != 200 || len(rows) != want.rows+1 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: %d, %v, %v", path, w.Code, rows, err)
		}
		at := slices.Index(rows[0], want.column)
		if at < 0 || !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[at] == want.has }) {
			t.Errorf("%s: no %s is %q: %v", path, want.column, want.has, rows)
		}
		w = ask(t, h, "GET", path+"format=json")
		var list struct {
			Items []map[string]any
			Total int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Items) != want.rows || list.Total != want.rows || w.Header().Get("Content-Type") != "application/json" {
			t.Fatalf("%s: %v\n%s", path, err, w.Body)
		}
		if !slices.ContainsFunc(list.Items, func(item map[string]any) bool { return item[want.column] == want.has }) {
			t.Errorf("%s: no %s is %q: %v", path, want.column, want.has, list.Items)
		}
		page := ask(t, h, "GET", strings.TrimRight(path, "?&")).Body.String()
		if !strings.Contains(page, `format=csv`) || !strings.Contains(page, `format=json`) {
			t.Errorf("%s does not lead there", path)
		}
	}
	for path, status := range map[string]int{
		"/documents?format=xml": 400, "/documents?format=csv&page=2": 404, "/collections/none?format=csv": 404, "/search?format=csv&q=%ff": 400,
		"/?format=csv": 400, "/?format=csv&list=other": 400,
	} {
		if w := ask(t, h, "GET", path); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestLongListsHaveMoreThanOneFile(t *testing.T) {
	h := serverOf(hostileShelf("=cmd()", "c", 2*tableRows))
	w := ask(t, h, "GET", "/documents?format=csv")
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != tableRows+1 || w.Header().Get("Link") != `</documents?format=csv&page=2>; rel="next"` || rows[1][2] != "'=cmd()" {
		t.Errorf("%d rows, %v, %v", len(rows), w.Header(), err)
	}
	if w := ask(t, h, "GET", "/documents?format=csv&page=2"); w.Code != 200 || w.Header().Get("Link") != "" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
}

func TestCells(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{"", ""}, {"a", "a"}, {"=1+1", "'=1+1"}, {"@x", "'@x"}, {-3, "-3"}, {true, "true"}, {time.Time{}, ""}, {now, "2026-11-24T12:00:00Z"},
	} {
		if got := cell(tt.v); got != tt.want {
			t.Errorf("%v is %q", tt.v, got)
		}
	}
}
