package citation

import (
	"strings"

	"github.com/yuin/goldmark/util"
)

// write writes s[i:j] into the passage.
func (w *wikitext) write(i, j int) {
	if w.depth >= maxWikiDepth {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	italic := -1
	for i < j {
		n := strings.IndexAny(w.s[i:j], "{[<'")
		if n < 0 {
			break
		}
		w.b.write(withReferences(w.s[i : i+n]))
		i += n
		switch rest := w.s[i:j]; {
		case strings.HasPrefix(rest, "''"):
			n := runOf(rest, '\'')
			if n == 2 || n == 5 {
				if italic >= 0 && italic < len(w.b.buf) {
					w.b.italics = append(w.b.italics, span{italic, len(w.b.buf)})
					italic = -1
				} else {
					italic = len(w.b.buf)
				}
			}
			i += n
		default:
			i = w.mark(i, j)
		}
	}
	if i < j {
		w.b.write(withReferences(w.s[i:j]))
	}
}

// withReferences puts in what the character references of s stand for.
func withReferences(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return string(util.ResolveNumericReferences(util.ResolveEntityNames([]byte(s))))
}

// wikiAddress is an address as wikitext writes it: what would end it stands there as a template or a character reference.
func wikiAddress(s string) string {
	return withReferences(wikiSigns.Replace(s))
}

var wikiSigns = strings.NewReplacer("{{!}}", "|", "{{=}}", "=")

// mark reads the markup at i, and returns where it ends.
func (w *wikitext) mark(i, j int) int {
	end, paired := w.closing[i]
	switch {
	case paired && end < j && w.s[i] == '{':
		w.template(i+2, end)
		return end + 2
	case paired && end < j:
		w.wikiLink(i+2, end)
		return end + 2
	case w.s[i] == '[':
		return w.link(i, j)
	case w.s[i] == '<':
		return w.element(i, j)
	}
	w.b.write(w.s[i : i+1])
	return i + 1
}

// link reads "[http://… text]".
func (w *wikitext) link(i, j int) int {
	rest := w.s[min(i+1, j):min(j, i+maxAddress)]
	if !startsScheme(rest) && !strings.HasPrefix(rest, "//") {
		w.b.write("[")
		return i + 1
	}
	end := strings.IndexAny(rest, "]\n")
	if end < 0 || rest[end] == '\n' {
		w.b.write("[")
		return i + 1
	}
	cited, label, _ := strings.Cut(rest[:end], " ")
	cited = wikiAddress(cited)
	uri := w.c.resolve(cited)
	if uri == "" {
		return i + 1
	}
	w.b.openLink(cited, uri, "")
	w.b.write(strings.ReplaceAll(label, "''", ""))
	w.b.closeLink()
	return i + 1 + end + 1
}

// wikiLink reads "[[page|text]]": the last part is what is shown. Where an address stands for the page, as writers and programs
// have it by mistake, it is what the text cites.
func (w *wikitext) wikiLink(i, j int) {
	params := w.params(i, j)
	if cited := strings.TrimSpace(w.s[i:params[0].to]); startsScheme(cited) && !strings.ContainsAny(cited, " \n[") {
		if uri := w.c.resolve(cited); uri != "" {
			w.b.openLink(cited, uri, "")
			defer w.b.closeLink()
		}
	}
	last := params[len(params)-1]
	if name := strings.ToLower(w.s[i:min(j, i+12)]); strings.HasPrefix(name, "category:") {
		return
	}
	if len(params) > 2 {
		w.picture(params[1:])
		return
	}
	w.write(last.from, last.to)
}

// picture reads the options of a picture: what it leads to, and its caption, which is any of them.
func (w *wikitext) picture(params []wikiParam) {
	for _, p := range params {
		cited := wikiAddress(strings.TrimSpace(w.s[p.from:p.to]))
		switch uri := ""; p.name {
		case "":
			w.write(p.from, p.to)
			w.b.space()
		case "link", "verweis", "lien", "enlace":
			if uri = w.c.resolve(cited); uri != "" {
				w.b.openLink(cited, uri, "")
				w.b.closeLink()
			}
		}
	}
}

// element reads a tag, or an element whose content is no ordinary text.
func (w *wikitext) element(i, j int) int {
	end := w.elementEnd(i, j)
	if end <= i+1 {
		tag := strings.IndexByte(w.s[i:min(j, i+300)], '>')
		if tag < 2 || !isLetter(w.s[i+1]) && w.s[i+1] != '/' {
			w.b.write("<")
			return i + 1
		}
		if hasPrefixFold(w.s[i:], "<br") {
			w.b.write("\n")
		}
		return i + tag + 1
	}
	if wikiElement(w.s[i:j]) == "ref" {
		w.note(i, end)
	}
	return end
}

// wikiParam is a parameter of a template: s[from:to], and its name, if it has one.
type wikiParam struct {
	name     string
	from, to int
}

// params divides s[i:j] at its "|".
func (w *wikitext) params(i, j int) []wikiParam {
	var params []wikiParam
	from := i
	for k := i; k <= j; k++ {
		if k == j || w.s[k] == '|' {
			params = append(params, w.param(from, k))
			from = k + 1
			continue
		}
		if end, ok := w.closing[k]; ok && end < j {
			k = end + 1
		} else if w.s[k] == '<' {
			if end := w.elementEnd(k, j); end > k+1 {
				k = end - 1
			}
		}
	}
	return params
}

func (w *wikitext) param(from, to int) wikiParam {
	name, _, ok := strings.Cut(w.s[from:to], "=")
	if !ok || len(name) > 40 || strings.ContainsAny(name, "{[<:/?&") {
		return wikiParam{from: from, to: to}
	}
	return wikiParam{name: strings.ToLower(strings.TrimSpace(name)), from: from + len(name) + 1, to: to}
}

// template reads a template: one that cites, one that stands for a link, or any other, of which the parameters are text.
func (w *wikitext) template(i, j int) {
	params := w.params(i, j)
	name := strings.ToLower(folded(strings.ReplaceAll(w.s[i:params[0].to], "_", " ")))
	nameEnd := params[0].to
	params = params[1:]
	if r, ok := w.citation(params); ok {
		w.records = append(w.records, r)
		return
	}
	first := ""
	if len(params) > 0 {
		first = strings.TrimSpace(w.s[params[0].from:params[0].to])
	}
	switch name {
	case "!":
		w.b.write("|")
	case "=":
		w.b.write("=")
	case "doi", "arxiv", "hdl":
		w.b.write(name + ":" + first)
	case "url", "official website", "official url", "official", "offizielle website":
		if !strings.Contains(first, "://") && first != "" {
			w.b.write("http://")
		}
		w.b.write(first)
	default:
		w.b.write(strings.Repeat("\n", strings.Count(w.s[i:nameEnd], "\n")))
		for _, p := range params {
			w.b.space()
			w.write(p.from, p.to)
		}
	}
}

// citation reads the parameters of a template that cites: one with a title and an address or an identifier, or with a page in an archive.
func (w *wikitext) citation(params []wikiParam) (record, bool) {
	fields := make(map[string]string, len(params))
	for _, p := range params {
		if field := wikiFields[p.name]; field != "" && fields[field] == "" {
			fields[field] = strings.TrimSpace(w.s[p.from:p.to])
		}
	}
	r := record{title: wikiPlain(fields["title"]), doi: fields["doi"], accessed: metadataDate(fields["accessed"])}
	for _, field := range []string{"url", "chapter-url"} {
		r.give(wikiAddress(fields[field]))
	}
	if len(r.addresses) == 0 {
		r.give(fields["archive-url"])
	}
	for _, key := range []string{"arxiv", "pmid", "pmcid", "isbn"} {
		r.identify(key, fields[key])
	}
	r.identify("handle", fields["hdl"])
	if author := strings.Trim(fields["last"]+", "+fields["first"], ", "); author != "" {
		r.authors = []string{wikiPlain(author)}
	}
	cites := len(r.addresses) > 0 || r.doi != "" || len(r.identifiers) > 0
	return r, cites && (r.title != "" || fields["archive-url"] != "" && len(params) > 1)
}

// wikiPlain takes the markup out of the value of a parameter.
func wikiPlain(s string) string {
	s = strings.NewReplacer("'''", "", "''", "", "{{!}}", "|", "&nbsp;", " ").Replace(s)
	for {
		i := strings.Index(s, "[[")
		end := strings.Index(s, "]]")
		if i < 0 || end < i {
			return folded(s)
		}
		inside := s[i+2 : end]
		s = s[:i] + inside[strings.LastIndexByte(inside, '|')+1:] + s[end+2:]
	}
}

// wikiFields are the parameters of citation templates by the names they have in several Wikipedias.
var wikiFields = func() map[string]string {
	fields := make(map[string]string)
	for field, names := range map[string]string{
		"title": "title titre título titel titolo titulo chapter script-title 1title название заглавие tytuł otsikko", "doi": "doi",
		"url": "url lien enlace link online ссылка verkkosivu", "chapter-url": "chapter-url chapterurl contribution-url entry-url article-url",
		"archive-url": "archive-url archiveurl archiv-url urlarchivo archivourl arquivourl archive url1",
		"accessed":    "access-date accessdate fechaacceso zugriff abruf acessodata accesso consulté-le bezochtdatum",
		"arxiv":       "arxiv eprint", "pmid": "pmid", "pmcid": "pmc", "isbn": "isbn", "hdl": "hdl",
		"last": "last last1 author author1 autor auteur nom nom1 apellido apellidos autore cognome", "first": "first first1 prénom prénom1 nombre given vorname nome",
	} {
		for name := range strings.FieldsSeq(names) {
			fields[strings.ReplaceAll(name, "consulté-le", "consulté le")] = field
		}
	}
	return fields
}()
