package linkhealth

import (
	"net/http"
	"strings"

	"github.com/ibid-archive/ibid"
)

// headers looks at what firewalls say in the head of an answer, whatever its status.
func (r *reading) headers() {
	h, status := r.page.Header, r.page.Status
	blocked := func(text string) { r.mark("firewall-header", ibid.HealthBlocked, strong, text) }
	server := strings.ToLower(h.Get("Server"))
	small := r.page.Whole && r.page.Size < 8<<10
	denied := status >= 400 && status < 500
	switch {
	case strings.EqualFold(h.Get("Cf-Mitigated"), "challenge"):
		blocked("Cloudflare: the answer says cf-mitigated: challenge")
	case strings.HasPrefix(server, "cloudflare") && denied && small && r.namesCloudflare():
		blocked("Cloudflare: it refused the request itself, without asking the site")
	}
	switch action := strings.ToLower(h.Get("X-Amzn-Waf-Action")); {
	case action == "challenge" || action == "captcha":
		blocked("AWS WAF: the answer says x-amzn-waf-action: " + action)
	case strings.HasPrefix(server, "awselb/") && (status == http.StatusForbidden || status == http.StatusTooManyRequests):
		blocked("AWS: the load balancer refused the request itself")
	}
	if strings.Contains(strings.ToLower(h.Get("Rimon")), "rwc_block") {
		blocked("Rimon: the answer says rimon: RWC_BLOCK")
	}
	if strings.HasPrefix(server, "akamaighost") && denied && small && strings.Contains(h.Get("Cache-Control"), "no-cache") && !missing(status) {
		blocked("Akamai: its own short page, not to be cached")
	}
	if strings.HasPrefix(h.Get("X-Cache"), "Error from cloudfront") && denied && !missing(status) {
		blocked("CloudFront: an error of its own")
	}
	if v := h.Get("X-Datadome"); v != "" && !strings.EqualFold(v, "protected") && denied {
		blocked("DataDome: it answered in the place of the site")
	}
	if h.Get("X-Sucuri-Block") != "" {
		blocked("Sucuri: the answer says x-sucuri-block")
	}
	if status == http.StatusServiceUnavailable && h.Get("Retry-After") != "" {
		blocked("the site asks to come again later (retry-after: " + tidy(h.Get("Retry-After"), 40) + ")")
	}
}

// namesCloudflare says whether a page of Cloudflare's own came, made at its edge: no time was spent at the origin.
func (r *reading) namesCloudflare() bool {
	timing := strings.ToLower(strings.Join(r.page.Header.Values("Server-Timing"), ","))
	return strings.Contains(strings.ToLower(r.signs.Title), "cloudflare") && strings.Contains(timing, "cforigin;dur=0")
}

// missing says whether a status means that there is nothing at the address (RFC 9110, 15.5.5 and 15.5.11).
func missing(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }
