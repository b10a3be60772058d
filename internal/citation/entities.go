package citation

import (
	"errors"
	"regexp"
	"strings"
)

const (
	// maxSubset bounds how much of the begin of an XML document is searched for its own entities, in bytes, and maxUnfolded what
	// one of them may stand for: a document with more is made to harm its reader.
	maxSubset   = 64 << 10
	maxUnfolded = 1 << 20
)

var errEntityBomb = errors.New("it is an XML bomb: its entities unfold to more than 1 MB")

var (
	entityDefinition = regexp.MustCompile(`<!ENTITY\s+(?:%\s+)?([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')`)
	entityReference  = regexp.MustCompile(`[&%]([\w.:-]+);`)
)

// refuseBomb returns an error for XML whose document type (XML 1.0, 2.8) defines entities that unfold without measure.
func refuseBomb(text string) error {
	e, _ := entitiesOf(text)
	for name := range e.values {
		if e.size(name) > maxUnfolded {
			return errEntityBomb
		}
	}
	return nil
}

// entitiesOf are the entities that the document type of XML defines, and where what follows it begins.
func entitiesOf(text string) (e entities, body int) {
	head := text[:min(len(text), maxSubset)]
	_, subset, found := strings.Cut(head, "<!DOCTYPE")
	open := strings.IndexAny(subset, "[>")
	if !found || open < 0 || subset[open] == '>' {
		return entities{}, 0
	}
	subset, after, _ := strings.Cut(subset[open:], "]>")
	e = entities{values: make(map[string]string), sizes: make(map[string]int)}
	for _, match := range entityDefinition.FindAllStringSubmatch(subset, -1) {
		if _, known := e.values[match[1]]; !known { // the first definition counts
			e.values[match[1]] = match[2] + match[3]
		}
	}
	return e, len(head) - len(after)
}

// withEntities puts in what the entities of a document stand for, where that is a piece of plain text: DocBook builds addresses of them.
// What all of them become together is bounded.
func withEntities(text string) string {
	e, body := entitiesOf(text)
	if len(e.values) == 0 {
		return text
	}
	left := maxUnfolded
	return text[:body] + entityReference.ReplaceAllStringFunc(text[body:], func(reference string) string {
		value := e.values[reference[1:len(reference)-1]]
		if value == "" || reference[0] == '%' || strings.ContainsAny(value, "<&%\n") || len(value) > left {
			return reference
		}
		left -= len(value)
		return value
	})
}

// entities are those that a document defines, and how long what each stands for is.
type entities struct {
	values map[string]string
	sizes  map[string]int
}

// size is the length of what an entity stands for, in bytes, which has no end for one that contains itself.
func (e entities) size(name string) int {
	if n, known := e.sizes[name]; known {
		return n
	}
	value, defined := e.values[name]
	if !defined {
		return 0
	}
	e.sizes[name] = maxUnfolded + 1 // as long as it is being measured
	n := len(value)
	for _, match := range entityReference.FindAllStringSubmatch(value, -1) {
		n = min(n+e.size(match[1]), maxUnfolded+1)
	}
	e.sizes[name] = n
	return n
}
