package testsite

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	waybackFields = "urlkey timestamp original mimetype statuscode digest length"
	pywbFields    = "urlkey timestamp url mime status digest length offset filename"
)

// serveCDX answers a query of the index.
func (a *archive) serveCDX(rw http.ResponseWriter, values url.Values) {
	q, err := newQuery(values, a.dialect)
	var rows []row
	if err == nil {
		rows, err = a.selectRows(q)
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	if a.isExcluded(q.key) {
		a.exclude(rw)
		return
	}
	rows, more := q.limited(q.resumed(rows))
	if a.dialect == pywb {
		a.pywbCDX(rw, q, rows)
		return
	}
	key := ""
	if more && q.Get("showResumeKey") == "true" {
		key = resumeKey(rows[len(rows)-1])
	}
	if q.Get("output") == "json" {
		waybackJSON(rw, q.fields(waybackFields), rows, key)
		return
	}
	rw.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	for _, r := range rows {
		fmt.Fprintln(rw, strings.Join(r.values(q.fields(waybackFields)), " ")) //nolint:gosec // text, never HTML
	}
	if key != "" {
		fmt.Fprint(rw, "\n"+url.QueryEscape(key)+"\n")
	}
}

// waybackJSON writes an array of arrays, the first of which names the fields; a resume key follows an empty one.
func waybackJSON(rw http.ResponseWriter, fields []string, rows []row, key string) {
	out := [][]string{}
	if len(rows) > 0 {
		out = append(out, fields)
	}
	for _, r := range rows {
		out = append(out, r.values(fields))
	}
	if key != "" {
		out = append(out, []string{}, []string{url.QueryEscape(key)})
	}
	rw.Header().Set("Content-Type", "application/json")
	// An error here is a client that went away.
	_ = json.NewEncoder(rw).Encode(out)
}

// pywbCDX writes CDXJ, or one JSON object a line, or text. Nothing found is 404.
func (a *archive) pywbCDX(rw http.ResponseWriter, q query, rows []row) {
	if len(rows) == 0 {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(rw).Encode(map[string]string{"message": "No Captures found for: " + q.Get("url")})
		return
	}
	output, fields := q.Get("output"), q.fields(pywbFields)
	rw.Header().Set("Content-Type", map[string]string{"json": "text/x-ndjson", "text": "text/plain"}[output])
	if output != "json" && output != "text" {
		rw.Header().Set("Content-Type", "text/x-cdxj")
	}
	for _, r := range rows {
		if output == "text" {
			fmt.Fprintln(rw, strings.Join(r.values(fields), " ")) //nolint:gosec // text, never HTML
			continue
		}
		object := map[string]string{}
		for i, v := range r.values(fields) {
			if output == "json" || fields[i] != "urlkey" && fields[i] != "timestamp" {
				object[fields[i]] = v
			}
		}
		line, err := json.Marshal(object)
		if err != nil {
			return // a map of strings cannot fail
		}
		if output != "json" {
			fmt.Fprint(rw, r["urlkey"], " ", r["timestamp"], " ") //nolint:gosec // text, never HTML
		}
		fmt.Fprintln(rw, string(line))
	}
}
