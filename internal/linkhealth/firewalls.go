package linkhealth

import "github.com/ibid-archive/ibid"

// guards makes the tokens of one firewall.
func guards(who string, tokens ...token) []token {
	for i := range tokens {
		tokens[i].rule, tokens[i].health, tokens[i].who = "firewall", ibid.HealthBlocked, who
	}
	return tokens
}

func join(tables ...[]token) []token {
	var all []token
	for _, t := range tables {
		all = append(all, t...)
	}
	return all
}

// firewalls are the words on pages with which firewalls keep programs out. Some put their scripts into the pages that
// they let through as well: those weigh less than it takes.
var firewalls = join(
	guards("Cloudflare",
		token{place: inTitle, text: "just a moment", weight: fair},
		token{place: inTitle, text: "attention required", also: "cloudflare", weight: strong},
		token{place: inTitle, text: "access denied", also: "cloudflare", weight: strong},
		token{place: inText, text: "sorry you have been blocked", weight: strong},
		token{place: inText, text: "checking your browser before accessing", weight: strong},
		token{place: inText, text: "checking if the site connection is secure", weight: strong},
		token{place: inText, text: "needs to review the security of your connection", weight: strong},
		token{place: inScript, text: "_cf_chl_opt", weight: strong},
		token{place: inSource, text: "__cf_chl_", weight: grave},
		token{place: inSource, text: "challenges.cloudflare.com", weight: weak},
		token{place: inSource, text: "/cdn-cgi/challenge-platform/h/", weight: weak},
	),
	guards("Akamai",
		token{place: inTitle, text: "access denied", also: "reference ", weight: strong},
		token{place: inText, text: "errors edgesuite net", weight: strong},
		token{place: inSource, text: "/_sec/cp_challenge/", weight: grave},
		token{place: inText, text: "powered and protected by akamai", weight: strong},
	),
	guards("AWS WAF",
		token{place: inScript, text: "awsWafCookieDomainList", weight: strong},
		token{place: inScript, text: "gokuProps", weight: strong},
		token{place: inSource, text: ".awswaf.com/", weight: grave},
		token{place: inTitle, text: "human verification", weight: fair},
	),
	guards("CloudFront",
		token{place: inTitle, text: "the request could not be satisfied", also: "request blocked", weight: strong},
		token{place: inTitle, text: "the request could not be satisfied", also: "403", weight: strong},
	),
	guards("Imperva",
		token{place: inText, text: "incapsula incident id", weight: strong},
		token{place: inSource, text: "_incapsula_resource", weight: fair},
		token{place: inSource, text: "_incapsula_resource?swudnsai", weight: strong},
		token{place: inSource, text: "_incapsula_resource?cwudnsai", weight: strong},
		token{place: inTitle, text: "pardon our interruption", weight: strong},
	),
	guards("DataDome",
		token{place: inSource, text: "captcha-delivery.com", weight: strong},
		token{place: inScript, text: "captcha-delivery.com", weight: strong},
	),
	guards("Sucuri",
		token{place: inTitle, text: "sucuri website firewall", weight: strong},
		token{place: inTitle, text: "you are being redirected", weight: weak},
		token{place: inScript, text: "sucuri_cloudproxy", weight: strong},
		token{place: inText, text: "sucuri website firewall", weight: grave},
	),
	guards("PerimeterX",
		token{place: inTitle, text: "access to this page has been denied", weight: strong},
		token{place: inSource, text: "px-captcha", weight: strong},
		token{place: inScript, text: "_pxAppId", weight: fair},
		token{place: inText, text: "press hold to confirm you are a human", weight: strong},
	),
	guards("F5",
		token{place: inTitle, text: "request rejected", weight: grave},
		token{place: inText, text: "the requested url was rejected", weight: strong},
		token{place: inSource, text: "/tspd/", weight: fair},
	),
	guards("Rimon", token{place: inSource, text: "internet-rimon.com", weight: grave}),
	guards("DDoS-Guard", token{place: inTitle, text: "ddos guard", weight: strong}, token{place: inSource, text: "/.well-known/ddos-guard/", weight: grave}),
	guards("Vercel", token{place: inTitle, text: "vercel security checkpoint", weight: strong}),
	guards("Anubis", token{place: inTitle, text: "making sure you re not a bot", weight: strong}, token{place: inSource, text: "/.within.website/", weight: grave}),
	guards("Kasada", token{place: inScript, text: "KPSDK", weight: grave}, token{place: inSource, text: "/149e9513-01fa-4fb0-aad4-566afd725d1b/", weight: grave}),
	guards("Radware", token{place: inSource, text: "perfdrive.com", weight: strong}, token{place: inTitle, text: "radware captcha", weight: strong}),
	guards("Wordfence", token{place: inText, text: "your access to this site has been limited", weight: strong}),
	guards("FortiGuard", token{place: inTitle, text: "web page blocked", weight: grave}, token{place: inText, text: "fortiguard", weight: fair}),
	guards("Queue-it", token{place: inSource, text: "queue-it.net", weight: fair}, token{place: inTitle, text: "queue it", weight: strong}),
	guards("Distil", token{place: inSource, text: "distil_r_", weight: strong}),
	guards("Google", token{place: inText, text: "our systems have detected unusual traffic", weight: strong}, token{place: inSource, text: "google.com/sorry/", weight: strong}),
	guards("a firewall",
		token{place: inTitle, text: "access denied", weight: grave},
		token{place: inTitle, text: "acces refuse", weight: grave},
		token{place: inTitle, text: "acceso denegado", weight: grave},
		token{place: inTitle, text: "security check", weight: fair},
		token{place: inTitle, text: "are you a robot", weight: strong},
		token{place: inTitle, text: "robot check", weight: grave},
		token{place: inTitle, text: "bot verification", weight: strong},
		token{place: inTitle, text: "too many requests", weight: strong},
		token{place: inTitle, text: "verify you are human", weight: strong},
		token{place: inText, text: "you don t have permission to access", weight: fair},
		token{place: inText, text: "verify you are human", weight: grave},
		token{place: inText, text: "verify that you are human", weight: grave},
		token{place: inText, text: "verify that you are not a robot", weight: grave},
		token{place: inText, text: "i m not a robot", weight: fair},
		token{place: inText, text: "verifiez que vous etes humain", weight: grave},
		token{place: inText, text: "vous n etes pas un robot", weight: grave},
		token{place: inText, text: "verifica que eres humano", weight: grave},
		token{place: inText, text: "no eres un robot", weight: grave},
		token{place: inText, text: "no es un robot", weight: grave},
		token{place: inText, text: "enable javascript and cookies to continue", weight: grave},
		token{place: inText, text: "automated requests", weight: fair},
		token{place: inText, text: "too many requests", weight: fair},
		token{place: inSource, text: "recaptcha/api", weight: weak},
		token{place: inSource, text: "hcaptcha.com", weight: weak},
	),
)
