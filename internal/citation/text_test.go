package citation

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	runDocumentTests(t, "a.txt", []documentTest{
		{"bare", "A Title\n\nSee http://example.org/a, <http://example.org/b> and\nwww.example.org/c.\n", `
inline[]:3 http://example.org/a
inline[]:3 http://example.org/b
inline[]:4 http://www.example.org/c
`},
		{"numbered references", "Text [1].\n\nReferences\n\n[1] Smith, J. (2009). \"On Tides\", http://example.org/a\n    (accessed 12 May 2009).\n[2] Doe, doi:10.1000/182.\n\n3. Foe,\n   http://example.org/c\n4. Goe, http://example.org/d\n", `
bibliography[1]:5 http://example.org/a “On Tides” by Smith, J. accessed 2009-05-12
bibliography[2]:7 https://doi.org/10.1000/182
bibliography[3]:10 http://example.org/c
bibliography[4]:11 http://example.org/d
`},
		{"references outside a list", "It is so [1].\n\n[1] http://example.org/a\n[2]: http://example.org/b\n\n¹ http://example.org/c\n", `
bibliography[1]:3 http://example.org/a
bibliography[2]:4 http://example.org/b
footnote[1]:6 http://example.org/c
`},
		{"section ends", "NOTES\n=====\n\n1. http://example.org/a\n\nACKNOWLEDGEMENTS\n\nhttp://example.org/b\n", `
endnote[1]:4 http://example.org/a
inline[]:8 http://example.org/b
`},
		{"broken after a slash", "The report is at http://www.example.org/documents/\nannual-report-2008.pdf and elsewhere http://example.org/b.\n", `
inline[]:1 http://www.example.org/documents/annual-report-2008.pdf
inline[]:2 http://example.org/b
`},
		{"broken after a hyphen", "   It is at http://www.example.org/a-very-long-\n   name.html now.\n", "inline[]:1 http://www.example.org/a-very-long-name.html\n"},
		{"broken in a query", "It is at http://www.example.org/page?a=1&\nb=2.\n", "inline[]:1 http://www.example.org/page?a=1&b=2\n"},
		{"broken before a slash", "The whole of the report can be read at http://www.example.org\n/documents/a.pdf.\n", "inline[]:1 http://www.example.org/documents/a.pdf\n"},
		{"broken in a word", "The whole of the report can be read at http://www.example.org/docume\nnts/a.pdf.\n", "inline[]:1 http://www.example.org/documents/a.pdf\n"},
		{"broken twice", "At http://www.example.org/documents-\nabout-the-tides-and-the-winds-of-the-world-and-\nits-seas.pdf\n", "inline[]:1 http://www.example.org/documents-about-the-tides-and-the-winds-of-the-world-and-its-seas.pdf\n"},
		{"angle brackets over lines", "   <https://www.example.org/a/\n   b-c>.\n", "inline[]:1 https://www.example.org/a/b-c\n"},
		{"not broken", "See http://example.org/\nand then. See http://example.org/a\nThe rest. http://example.org/b.\nhttp://example.org/c\n# http://example.org/d\n- x\n", `
inline[]:1 http://example.org/
inline[]:2 http://example.org/a
inline[]:3 http://example.org/b
inline[]:4 http://example.org/c
inline[]:5 http://example.org/d
`},
		{"printed pages", "   The text goes on,\n\nSmith                 Informational                 [Page 1]\n\fRFC 9999                  On Tides                May 2009\n\n\n   and on, see\n   <http://example.org/a>.\n", "inline[]:8 http://example.org/a\n"},
		{"e-mail and placeholders", "me@example.org, http://HOST/, https://example.org/{x}, mailto:a@example.org\n", ""},
	})
}

func TestTextContextOverBreak(t *testing.T) {
	t.Parallel()
	body := "First. The report is at http://www.example.org/documents/\nannual-report.pdf for\nall. Last."
	refs := readBody(t, Source{Name: "a.txt", Body: []byte(body)}).References
	if want := "The report is at http://www.example.org/documents/annual-report.pdf for all."; len(refs) != 1 || refs[0].Context != want {
		t.Errorf("got %+v, want the context %q", refs, want)
	}
}
