package testsite

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	wwwPrefix = regexp.MustCompile(`^www\d*\.`)
	sessionID = regexp.MustCompile(`(?i);jsessionid=[0-9a-z.!:-]+`)
)

// surt is the key under which archives keep an address: the host backwards, the path in lower case, the parameters in
// order: "com,example)/a?b=1". As there, scheme, "www" and session ids make no difference.
func surt(uri string) string {
	if !strings.Contains(uri, "://") {
		uri = "http://" + uri
	}
	u, err := url.Parse(uri)
	if err != nil {
		return strings.ToLower(uri)
	}
	labels := strings.Split(wwwPrefix.ReplaceAllString(strings.ToLower(u.Hostname()), ""), ".")
	slices.Reverse(labels)
	host := strings.Join(labels, ",")
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		host += ":" + port
	}
	path := sessionID.ReplaceAllString(u.EscapedPath(), "")
	if path = strings.TrimSuffix(path, "/"); path == "" {
		path = "/"
	}
	key := host + ")" + path
	if u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	return strings.ToLower(sortQuery(key))
}

// sourceOf reads the address of a source that ends the address of an archive: with or without a scheme, escaped or not,
// and with a slash lost on the way.
func sourceOf(s string) string {
	if lower := strings.ToLower(s); strings.HasPrefix(lower, "http%3a") || strings.HasPrefix(lower, "https%3a") {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	for _, scheme := range []string{"http:/", "https:/"} {
		if rest, ok := strings.CutPrefix(s, scheme); ok {
			return scheme + "/" + strings.TrimLeft(rest, "/")
		}
	}
	return "http://" + s
}
