package linkhealth

import (
	"net/url"
	"path"
	"strings"
)

// sameAddress says whether two addresses differ only in scheme, "www.", the last slash or the fragment: what
// sites redirect without having moved anything.
func sameAddress(a, b string) bool { return bareAddress(a) == bareAddress(b) }

func bareAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	return hostOf(u) + "|" + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

// samePlace is sameAddress but for the query, in which sites keep more than what names a page.
func samePlace(a, b *url.URL) bool {
	return hostOf(a) == hostOf(b) && strings.TrimSuffix(a.EscapedPath(), "/") == strings.TrimSuffix(b.EscapedPath(), "/")
}

// hostOf is the host without port and "www.".
func hostOf(u *url.URL) string {
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// parse never fails: of what is no address nothing is known.
func parse(s string) *url.URL {
	if u, err := url.Parse(s); err == nil {
		return u
	}
	return &url.URL{}
}

// resolve returns the address that ref means in the page at base, or "".
func resolve(base, ref string) string {
	if ref == "" {
		return ""
	}
	u, err := parse(base).Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return clip(u.String(), maxAddress)
}

// segments are the parts of a path.
func segments(u *url.URL) []string {
	return strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
}

// isFront says whether u is the front page of its host, in one of its languages.
func isFront(u *url.URL) bool {
	parts := segments(u)
	if len(parts) > 0 && isLanguage(parts[0]) {
		parts = parts[1:]
	}
	switch len(parts) {
	case 0:
		return u.RawQuery == ""
	case 1:
		name := strings.ToLower(strings.TrimSuffix(parts[0], path.Ext(parts[0])))
		return (name == "index" || name == "default" || name == "home" || name == "accueil" || name == "inicio") && u.RawQuery == ""
	}
	return false
}

// isLanguage knows paths like /en/, /pt-br/ and /en_GB/.
func isLanguage(s string) bool {
	if len(s) == 5 && (s[2] == '-' || s[2] == '_') {
		return isLanguage(s[:2]) && isLanguage(s[3:])
	}
	return len(s) == 2 && isLetter(s[0]) && isLetter(s[1])
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// errorAddress says whether an address is one that sites have for what is not there.
func errorAddress(u *url.URL) bool {
	p := strings.ToLower(u.Path) + "/"
	for _, name := range [...]string{"/404.", "/404/", "notfound", "not-found", "not_found", "/error404", "/error-404", "/errors/404", "page404", "/introuvable", "/noencontrad", "/pagenotfound"} {
		if strings.Contains(p, name) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(u.RawQuery), "error=404")
}

// loginAddress says whether an address is one for signing in.
func loginAddress(u *url.URL) bool {
	for _, part := range segments(u) {
		name, _, _ := strings.Cut(strings.ToLower(part), ".")
		switch name {
		case "login", "signin", "sign-in", "log-in", "sso", "auth", "wp-login", "connexion", "se-connecter", "iniciar-sesion", "shibboleth-ds", "openathens":
			return true
		}
	}
	host := strings.ToLower(u.Hostname())
	return strings.HasPrefix(host, "login.") || strings.HasPrefix(host, "sso.") || strings.HasPrefix(host, "idp.") || strings.HasPrefix(host, "consent.")
}

// documentAddress says whether an address ends as those of files that are no pages do.
func documentAddress(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".rtf", ".zip", ".csv", ".epub", ".ps":
		return true
	}
	return false
}
