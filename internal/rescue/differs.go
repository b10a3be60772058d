package rescue

import "net/url"

// differs names in what way a captured address is another than the one asked for, though archives file them together;
// empty: it is the same.
func differs(wanted, got string) string {
	a, errA := url.Parse(wanted)
	b, errB := url.Parse(got)
	if errA != nil || errB != nil || wanted == got {
		return ""
	}
	for _, h := range plainForms(a) {
		if u, ok := clean(h.URI); ok && u == got {
			return h.Name
		}
	}
	if a.Host != b.Host {
		return "as " + b.Scheme + "://" + b.Host
	}
	return "in another spelling"
}
