package linkhealth

import (
	"strings"

	"github.com/ibid-archive/ibid"
)

func parks(who string, tokens ...token) []token {
	for i := range tokens {
		tokens[i].rule, tokens[i].health, tokens[i].who = "parking", ibid.HealthParked, who
	}
	return tokens
}

// parking are the words on pages of domains that nobody uses: for sale, expired, or full of advertisements.
var parking = join(
	parks("a parking service",
		token{place: inSource, text: "sedoparking.com", weight: strong},
		token{place: inSource, text: "parkingcrew.net", weight: strong},
		token{place: inSource, text: "parklogic.com", weight: strong},
		token{place: inSource, text: "bodis.com", weight: strong},
		token{place: inSource, text: "d38psrni17bvxu.cloudfront.net", weight: strong},
		token{place: inSource, text: "cashparking.com", weight: strong},
		token{place: inSource, text: "above.com/marketplace", weight: strong},
		token{place: inSource, text: "voodoo.com/js/partner", weight: strong},
		token{place: inSource, text: "parking-lander", weight: strong},
		token{place: inSource, text: "adsense/domains/caf.js", weight: strong},
		token{place: inScript, text: "location.href=\"/lander", weight: strong},
		token{place: inScript, text: "location.href = \"/lander", weight: strong},
		token{place: inScript, text: "location.replace(\"/lander", weight: strong},
		token{place: inScript, text: "sedoParkingUrl", weight: strong},
	),
	parks("for sale",
		token{place: inTitle, text: "domain is for sale", weight: strong},
		token{place: inTitle, text: "domain name is for sale", weight: strong},
		token{place: inTitle, text: "domain for sale", weight: strong},
		token{place: inTitle, text: "buy this domain", weight: strong},
		token{place: inText, text: "domain is for sale", weight: strong},
		token{place: inText, text: "domain name is for sale", weight: strong},
		token{place: inText, text: "domain may be for sale", weight: strong},
		token{place: inText, text: "buy this domain", weight: grave},
		token{place: inText, text: "inquire about this domain", weight: grave},
		token{place: inText, text: "interested in this domain", weight: grave},
		token{place: inText, text: "domain is available for purchase", weight: grave},
		token{place: inTitle, text: "domaine a vendre", weight: strong},
		token{place: inTitle, text: "domaine est a vendre", weight: strong},
		token{place: inText, text: "domaine est a vendre", weight: strong},
		token{place: inText, text: "acheter ce nom de domaine", weight: grave},
		token{place: inTitle, text: "dominio en venta", weight: strong},
		token{place: inText, text: "dominio esta en venta", weight: strong},
		token{place: inText, text: "dominio esta a la venta", weight: strong},
		token{place: inText, text: "comprar este dominio", weight: grave},
		token{place: inText, text: "domain steht zum verkauf", weight: strong},
	),
	parks("expired",
		token{place: inTitle, text: "domain expired", weight: strong},
		token{place: inTitle, text: "domain has expired", weight: strong},
		token{place: inText, text: "domain has expired", weight: strong},
		token{place: inText, text: "domain name has expired", weight: strong},
		token{place: inText, text: "domaine a expire", weight: strong},
		token{place: inText, text: "domaine est expire", weight: strong},
		token{place: inText, text: "dominio ha caducado", weight: strong},
		token{place: inText, text: "dominio ha expirado", weight: strong},
	),
	parks("a placeholder of the registrar",
		token{place: inText, text: "parked free courtesy of", weight: strong},
		token{place: inTitle, text: "parked domain", weight: strong},
		token{place: inText, text: "domain is parked", weight: strong},
		token{place: inText, text: "domain has been parked", weight: strong},
		token{place: inText, text: "web page is parked", weight: strong},
		token{place: inText, text: "domaine est parque", weight: strong},
		token{place: inText, text: "dominio aparcado", weight: strong},
		token{place: inText, text: "dominio esta aparcado", weight: strong},
		token{place: inText, text: "domain is registered at", weight: grave},
		token{place: inText, text: "future home of", weight: fair},
	),
	parks("advertisements only",
		token{place: inTitle, text: "resources and information", weight: fair},
		token{place: inText, text: "sponsored listings", weight: fair},
		token{place: inText, text: "related searches", weight: fair},
		token{place: inText, text: "sponsored links", weight: weak},
		token{place: inText, text: "recherches associees", weight: fair},
		token{place: inText, text: "liens sponsorises", weight: fair},
		token{place: inText, text: "busquedas relacionadas", weight: fair},
		token{place: inText, text: "enlaces patrocinados", weight: fair},
	),
)

// marketplaces are the hosts to which domains for sale send their readers.
var marketplaces = [...]string{
	"hugedomains.com", "sedo.com", "dan.com", "afternic.com", "undeveloped.com", "domainmarket.com", "buydomains.com", "brandbucket.com",
	"domainnamesales.com", "atom.com", "squadhelp.com", "epik.com", "godaddy.com", "parkingcrew.net", "bodis.com", "sedoparking.com", "namecheap.com",
}

// marketplace says whether a host is one of them, or below one.
func marketplace(host string) bool {
	for _, m := range marketplaces {
		if host == m || strings.HasSuffix(host, "."+m) {
			return true
		}
	}
	return false
}
