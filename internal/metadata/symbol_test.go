package metadata

import "testing"

func TestSymbolIn(t *testing.T) {
	for s, want := range map[string]string{
		"A/RES/63/225": "A/RES/63/225",
		"International migration and development (A/63/265)": "A/63/265",
		"Report of the Director General, MC/2258":            "MC/2258",
		"E/CN.4/2006/73/Add.1: the note":                     "E/CN.4/2006/73/Add.1",
		"S/PV.6000":                                          "S/PV.6000",
		"CCPR/C/21/Rev.1/Add.13":                             "CCPR/C/21/Rev.1/Add.13",
		"S/RES/1325(2000)":                                   "S/RES/1325(2000)",
		"24/7 support":                                       "",
		"A/B testing for beginners":                          "",
		"TCP/IP and S/MIME":                                  "",
		"http://a.example/A/1":                               "",
		"Open 9/11 files":                                    "",
	} {
		if got := symbolIn(s); got != want {
			t.Errorf("in %q is %q, not %q", s, got, want)
		}
	}
}

func TestSymbolOfAPage(t *testing.T) {
	d := of(t, `<title>International migration and development</title><meta name="DC.Identifier" content="A/RES/63/225"><meta name="citation_technical_report_number" content="No. 38">`, "https://a.example/x")
	if d.Identifiers["symbol"] != "A/RES/63/225" || d.Identifiers["number"] != "No. 38" {
		t.Errorf("%v", d.Identifiers)
	}
}
