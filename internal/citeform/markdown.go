package citeform

import (
	"bytes"
	"regexp"
	"strings"
)

// robustMarkdown puts a link to the archived version behind each link and each bare address: Markdown has no attributes, and
// some readers of it drop those of raw HTML. A tag <a> gets its attributes all the same.
func robustMarkdown(body []byte, t *table, o Rewrite) ([]edit, error) {
	m := &markdown{body: body, t: t, o: o, defined: make(map[string]*Item)}
	for _, block := range m.blocks() {
		m.inline(block.start, block.end)
	}
	return m.edits, nil
}

type span struct{ start, end int }

type markdown struct {
	body    []byte
	t       *table
	o       Rewrite
	defined map[string]*Item // by label; nil: defined, and not archived
	edits   []edit
}

// definition is a link reference definition: label and destination.
var definition = regexp.MustCompile(`^[ >]{0,8}\[([^\]\[^][^\]\[]*)\]:[ \t]*<?([^\s>]+)`)

var (
	fence    = regexp.MustCompile("^[ \t>]*(```+|~~~+)")
	listItem = regexp.MustCompile(`^ {0,3}(?:[-+*]|[0-9]{1,9}[.)]|\[\^[^\]]+\]:)[ \t]`)
)

// blocks are the runs of lines that hold text: no code, no metadata block, no definitions.
func (m *markdown) blocks() []span {
	var out []span
	at := metadataBlock(m.body)
	closing, inList, blank := "", false, true
	open := -1
	closeBlock := func(end int) {
		if open >= 0 {
			out = append(out, span{open, end})
		}
		open = -1
	}
	for line := range bytes.Lines(m.body[at:]) {
		start := at
		at += len(line)
		text := bytes.TrimRight(line, "\r\n")
		isBlank := len(bytes.TrimSpace(text)) == 0
		mark := fence.FindSubmatch(text)
		switch {
		case closing != "":
			closeBlock(start)
			if mark != nil && strings.HasPrefix(string(mark[1]), closing) && len(bytes.TrimSpace(bytes.TrimLeft(text, " \t>`~"))) == 0 {
				closing = ""
			}
			continue
		case mark != nil:
			closeBlock(start)
			closing = string(mark[1])
			continue
		case isBlank:
			closeBlock(start)
			blank = true
			continue
		}
		indented := bytes.HasPrefix(text, []byte("    ")) || text[0] == '\t'
		if listItem.Match(text) {
			inList = true
		} else if blank && text[0] != ' ' && text[0] != '\t' {
			inList = false
		}
		isCode := indented && blank && !inList || indented && !inList && open < 0
		if d := definition.FindSubmatch(text); d != nil && !isCode {
			m.define(string(d[1]), string(d[2]))
			closeBlock(start)
			blank = false
			continue
		}
		if isCode {
			closeBlock(start)
			continue
		}
		if open < 0 {
			open = start
		}
		blank = false
	}
	closeBlock(len(m.body))
	return out
}

// metadataBlock is where the text begins behind a block of metadata in YAML or TOML.
func metadataBlock(body []byte) int {
	at := 0
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	first, _, ok := bytes.Cut(body[at:], []byte("\n"))
	mark := string(bytes.TrimRight(first, "\r"))
	if !ok || mark != "---" && mark != "+++" {
		return at
	}
	end := at + len(first) + 1
	for line := range bytes.Lines(body[end:]) {
		end += len(line)
		if s := strings.TrimRight(string(line), " \t\r\n"); s == mark || s == "..." && mark == "---" {
			return end
		}
	}
	return at
}

// define notes the first definition of a label, which is the one that counts.
func (m *markdown) define(label, destination string) {
	label = foldLabel(label)
	if _, ok := m.defined[label]; !ok {
		m.defined[label] = m.t.find(unescaped(destination))
	}
}

func foldLabel(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// put puts the archived version behind the link that ends at end, unless it is there, and returns where to go on.
func (m *markdown) put(it *Item, end int) int {
	c := it.copy()
	text := " ([" + c.remark(m.o.Language) + "](" + escapedIn(c.URI, "()<>\\|`*\"") + "))"
	if at, there := carried(m.body[end:], text, " (["); there {
		return end + at
	}
	m.edits = append(m.edits, edit{end, text})
	m.t.used++
	return end
}

var archivedAddress = regexp.MustCompile(`/[0-9]{14}([a-z]{2}_)?/`)

// carried says whether rest, which follows a link, begins with its archived version: with text, of which it returns the length, or
// with another one that begins with opening.
func carried(rest []byte, text, opening string) (int, bool) {
	switch {
	case bytes.HasPrefix(rest, []byte(text)):
		return len(text), true
	case !bytes.HasPrefix(rest, []byte(opening)):
		return 0, false
	}
	line, _, _ := bytes.Cut(rest[:min(len(rest), len(opening)+300)], []byte("\n"))
	return 0, archivedAddress.Match(line)
}
