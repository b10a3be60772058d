package metadata

import (
	"reflect"
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/pdf"
)

func TestFromPDF(t *testing.T) {
	tests := []struct {
		name string
		info *pdf.Info
		want ibid.Description
	}{
		{"nothing", nil, ibid.Description{From: map[string]string{}}},
		{"empty", &pdf.Info{}, ibid.Description{From: map[string]string{}}},
		{
			"a publisher's XMP",
			&pdf.Info{
				Dict: map[string]string{"Title": "s10664 1..18", "Author": "", "CreationDate": "D:20240319063341Z"},
				XMP: map[string][]string{
					"dc:title": {"The Title of a Paper", "Le titre"}, "dc:creator": {"Ann Other", "Bo Nobody"}, "dc:publisher": {"A Press"},
					"prism:doi": {"10.1000/182"}, "prism:publicationDate": {"2023-09"}, "xmp:CreateDate": {"2024-03-19T06:33:41Z"},
					"xmp:ModifyDate": {"2024-03-19T09:50:18+01:00"}, "dc:language": {"EN"}, "prism:isbn": {"978-3-16-148410-0"},
					"dc:description": {"A paper about what is kept and what is lost, and about who decides which of them it is."},
				},
			},
			ibid.Description{
				Title: "The Title of a Paper", Authors: []string{"Ann Other", "Bo Nobody"}, Published: "2023-09", Language: "en",
				Modified: "2024-03-19T09:50:18+01:00", Publisher: "A Press",
				Abstract:    "A paper about what is kept and what is lost, and about who decides which of them it is.",
				Identifiers: map[string]string{"doi": "10.1000/182", "isbn": "978-3-16-148410-0"},
				From: map[string]string{
					"title": "xmp dc:title", "authors": "xmp dc:creator", "published": "xmp prism:publicationDate", "modified": "xmp xmp:ModifyDate",
					"language": "xmp dc:language", "publisher": "xmp dc:publisher", "doi": "xmp prism:doi", "isbn": "xmp prism:isbn", "description": "xmp dc:description",
				},
			},
		},
		{
			"an office program's Info",
			&pdf.Info{Language: "de-AT", Dict: map[string]string{
				"Title": "Bericht über das Jahr", "Author": "Ann Other; Bo Nobody", "CreationDate": "D:20090604", "ModDate": "D:200906", "Subject": "doi:10.1000/182.",
			}},
			ibid.Description{
				Title: "Bericht über das Jahr", Authors: []string{"Ann Other", "Bo Nobody"}, Published: "2009-06-04", Modified: "2009-06", Language: "de-AT",
				Identifiers: map[string]string{"doi": "10.1000/182"},
				From: map[string]string{
					"title": "pdf Title", "authors": "pdf Author", "published": "pdf CreationDate", "modified": "pdf ModDate", "language": "pdf Lang", "doi": "pdf Subject",
				},
			},
		},
		{
			"what programs put in",
			&pdf.Info{Language: "x-default", Dict: map[string]string{"Title": "Microsoft Word - report.doc", "Author": "Administrator", "CreationDate": "D:19700101000000Z"}},
			ibid.Description{From: map[string]string{}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := FromPDF(tt.info, noon); !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", *got, tt.want)
			}
		})
	}
}

func TestTrustedTitle(t *testing.T) {
	for _, title := range []string{
		"Protecting Migrants", "Migration", "The Report: 2009", "Règlement (CE) n° 810/2009", "World_Bank Report on Migration and Development", "移民报告",
	} {
		if !trustedTitle(title) {
			t.Errorf("%q is not trusted", title)
		}
	}
	for _, title := range []string{
		"", "x", "1..18", "Microsoft Word - Title.doc", "Microsoft PowerPoint - A Title", "untitled", "Untitled-1", "report.pdf", "Final Report.docx", "PowerPoint Presentation",
		`C:\Users\me\report`, "/home/me/report.tex", "doi:10.1000/182", "10.1000/182", "Document1", "s10664_0023", "ABC123", "Layout 1", "none", "Präsentation.pptx",
	} {
		if trustedTitle(title) {
			t.Errorf("%q is trusted", title)
		}
	}
}

func TestPDFDates(t *testing.T) {
	for in, want := range map[string]ibid.Date{
		"D:20090604101112+02'00'": "2009-06-04T10:11:12+02:00",
		"D:20090604101112Z00'00'": "2009-06-04T10:11:12Z",
		"D:20090604101112-07":     "2009-06-04T10:11:12-07:00",
		"D:200906041011Z":         "2009-06-04T10:11:00Z",
		"D:20090604101112":        "2009-06-04",
		"20090604":                "2009-06-04",
		"D:2009":                  "2009",
		"2009-06":                 "2009-06",
		"2009-06-04T10:11Z":       "2009-06-04T10:11:00Z",
		"2009-06-04T10:11:12.345": "2009-06-04",
		"2009-00-00":              "2009",
		"1970":                    "1970",
		"D:19700101000000Z":       "",
		"D:20091304":              "",
		"D:20090231":              "",
		"D:9999":                  "",
		"D:00000000":              "",
		"Thu Jun 4 2009":          "",
		"":                        "",
	} {
		if got := pdfDate(in, noon); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzFromPDF(f *testing.F) {
	f.Add("Microsoft Word - x.doc", "A. Other; B. Nobody", "D:20090604101112+02'00'", "en_US")
	f.Add("\xff", "and and", "2009-06-04T99:99", "-")
	f.Fuzz(func(t *testing.T, title, author, date, language string) {
		d := FromPDF(&pdf.Info{
			Language: language, Dict: map[string]string{"Title": title, "Author": author, "CreationDate": date},
			XMP: map[string][]string{"dc:creator": {author, title}, "xmp:ModifyDate": {date}},
		}, noon)
		for _, date := range []ibid.Date{d.Published, d.Modified} {
			if date != "" && !date.Valid() {
				t.Errorf("%q is no date", date)
			}
		}
	})
}
