package citation

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// docxField is a field: an instruction, and what the word processor made of it (ECMA-376, part 1, 17.16).
type docxField struct {
	instruction, data strings.Builder
	separated         bool
	// link is the link that its result is, if it is one.
	link *html.Node
}

// maxInstruction bounds the length of the instruction of a field in bytes.
const maxInstruction = 4 << 20

// instruction takes the text of instructions.
func (w *docxPart) instruction(name, text string) bool {
	if name != "instrText" && name != "fldData" {
		return false
	}
	if n := len(w.fields); n > 0 {
		into := &w.fields[n-1].instruction
		if name == "fldData" {
			into = &w.fields[n-1].data
		}
		if into.Len() < maxInstruction {
			into.WriteString(text)
		}
	}
	return true
}

// inInstruction says whether what stands here is part of the instruction of a field, and not of its result.
func (w *docxPart) inInstruction() bool {
	n := len(w.fields)
	return n > 0 && !w.fields[n-1].separated
}

func (w *docxPart) fieldChar(kind string) {
	n := len(w.fields)
	switch {
	case kind == "begin" && n < 50:
		w.fields = append(w.fields, &docxField{})
	case kind == "separate" && n > 0:
		w.separate(w.fields[n-1])
	case kind == "end" && n > 0:
		w.close(w.fields[n-1])
	}
}

// open opens a field whose instruction is known.
func (w *docxPart) open(f *docxField) {
	w.fields = append(w.fields, f)
	w.separate(f)
}

// separate begins the result of a field.
func (w *docxPart) separate(f *docxField) {
	if f.separated {
		return
	}
	f.separated = true
	if href := hyperlinkField(f.instruction.String()); href != "" {
		before := w.g.at
		f.link = w.g.push(atom.A, attr("href", href))
		w.reopen(before, f.link)
	}
}

// reopen makes the runs that are open end in another node than the one they began in: a field goes over several.
func (w *docxPart) reopen(before, now *html.Node) {
	for i := len(w.g.open) - 1; i >= 0 && w.g.open[i].before == before; i-- {
		w.g.open[i].before = now
	}
	w.g.at = now
}

// close ends a field: a link ends, and what reference managers keep in the instruction is cited here.
func (w *docxPart) close(f *docxField) {
	for n := len(w.fields) - 1; n >= 0; n-- {
		last := w.fields[n]
		w.fields = w.fields[:n]
		if last.link != nil && w.g.at == last.link {
			w.g.flush()
			w.reopen(last.link, last.link.Parent)
		}
		if last == f {
			break
		}
	}
	for _, r := range w.fieldRecords(f) {
		for _, a := range w.c.recordAddresses(r) {
			w.g.put(atom.A, attr("href", a.URI), attr("title", r.title))
		}
	}
}

// hyperlinkField reads `HYPERLINK "http://…" \l "fragment"`.
func hyperlinkField(instruction string) string {
	words := fieldWords(instruction)
	if len(words) < 2 || !strings.EqualFold(words[0], "HYPERLINK") {
		return ""
	}
	href, fragment := "", ""
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case word == `\l` && i+1 < len(words):
			i++
			fragment = words[i]
		case word == `\o` || word == `\t`: // a tip, a target
			i++
		case !strings.HasPrefix(word, `\`) && href == "":
			href = word
		}
	}
	if href != "" && fragment != "" && !strings.Contains(href, "#") {
		href += "#" + fragment
	}
	return href
}

// fieldWords divides an instruction into its words; those in quotes are one.
func fieldWords(s string) []string {
	var words []string
	s = strings.NewReplacer("“", `"`, "”", `"`).Replace(s[:min(len(s), maxAddress)])
	for {
		s = strings.TrimLeft(s, " \t\r\n\u00a0")
		if s == "" {
			return words
		}
		if s[0] == '"' {
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				return append(words, s[1:])
			}
			words, s = append(words, s[1:1+end]), s[end+2:]
			continue
		}
		end := strings.IndexAny(s, " \t\r\n\u00a0\"")
		if end < 0 {
			return append(words, s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
}

// fieldRecords are what the instruction of a field holds of its sources: Zotero and Mendeley keep CSL-JSON in it, EndNote
// its XML, Word the tags of its own list.
func (w *docxPart) fieldRecords(f *docxField) []record {
	instruction := f.instruction.String()
	switch {
	case strings.Contains(instruction, "CSL_CITATION"):
		return cslCitation(instruction)
	case strings.Contains(instruction, "EN.CITE"):
		return endNoteField(instruction, f.data.String())
	}
	words := fieldWords(instruction)
	if len(words) < 2 || words[0] != "CITATION" {
		return nil
	}
	var records []record
	for i, word := range words[1:] {
		if r, ok := w.sources[word]; ok && (i == 0 || words[i] == `\m`) {
			records = append(records, r)
		}
	}
	return records
}

// cslCitation reads the items of a citation by Zotero or Mendeley: `ADDIN ZOTERO_ITEM CSL_CITATION {"citationItems":[…]}`.
func cslCitation(instruction string) []record {
	i := strings.IndexByte(instruction, '{')
	if i < 0 {
		return nil
	}
	var cited struct {
		Items []struct {
			Data cslItem `json:"itemData"`
		} `json:"citationItems"`
	}
	if err := json.NewDecoder(strings.NewReader(instruction[i:])).Decode(&cited); err != nil {
		return nil
	}
	var records []record
	for _, item := range cited.Items {
		records = append(records, item.Data.record())
	}
	return records
}

// endNoteField reads the XML that EndNote keeps in the instruction, or in Base64 in the data of the field.
func endNoteField(instruction, data string) []record {
	if i := strings.Index(instruction, "<EndNote>"); i >= 0 {
		return endNoteRecords([]byte(instruction[i:]))
	}
	clean := strings.Join(strings.Fields(data), "")
	body, err := base64.StdEncoding.DecodeString(clean)
	if err != nil {
		return nil
	}
	if i := bytes.Index(body, []byte("<EndNote>")); i >= 0 {
		return endNoteRecords(bytes.TrimRight(body[i:], "\x00"))
	}
	return nil
}

// ownSources reads the list of sources that Word keeps in a document (ECMA-376, part 1, 22.6).
func (d *docx) ownSources() map[string]record {
	sources := make(map[string]record)
	for _, name := range d.parts.names {
		if !strings.HasPrefix(name, "customXml/item") || strings.Contains(name, "Props") {
			continue
		}
		var list struct {
			Sources []struct {
				Tag   string
				Title string
				URL   string
				DOI   string
				Year  string `xml:"YearAccessed"`
				Month string `xml:"MonthAccessed"`
				Day   string `xml:"DayAccessed"`
			} `xml:"Source"`
		}
		if err := newXMLDecoder(bytes.NewReader(d.parts.optional(name))).Decode(&list); err != nil {
			continue
		}
		for _, s := range list.Sources {
			r := record{key: s.Tag, title: s.Title, doi: s.DOI, accessed: metadataDate(strings.TrimSpace(s.Day + " " + s.Month + " " + s.Year))}
			r.give(s.URL)
			sources[s.Tag] = r
		}
	}
	return sources
}
