package configs

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Some lists hold things that have keys of their own: collections, and their documents and seeds. The keys of an
// item are named with its place, "collections[0].schedule".

// holdsItems says whether v is such a list.
func holdsItems(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct
}

// items sets k to what nodes give a value to, one each.
func (l *loader) items(file string, k key, nodes []*yaml.Node) error {
	list := reflect.MakeSlice(k.value.Type(), len(nodes), len(nodes))
	for i, n := range nodes {
		if d, ok := list.Index(i).Addr().Interface().(interface{ defaults() }); ok {
			d.defaults()
		}
		if err := l.item(file, fmt.Sprintf("%s[%d]", k.name, i), list.Index(i), n); err != nil {
			return err
		}
	}
	k.value.Set(list)
	return nil
}

// item sets v: by its keys or, where it can be written as plain text, by that.
func (l *loader) item(file, name string, v reflect.Value, n *yaml.Node) error {
	l.from[name] = at(file, n)
	u, plain := v.Addr().Interface().(encoding.TextUnmarshaler)
	if plain && n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		if err := u.UnmarshalText([]byte(n.Value)); err != nil {
			return wrong(at(file, n), fmt.Errorf("%s: %w", name, err))
		}
		return nil
	}
	held := &loader{keys: appendKeys(nil, name+".", v), from: l.from, lines: l.lines}
	return held.section(file, name+".", n)
}

// itemsText sets k to the YAML list in text, the value of an environment variable. It takes the place of the list
// in the file.
func (l *loader) itemsText(variable string, k key, text string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return wrong(syntax(variable, err))
	}
	var nodes []*yaml.Node
	if len(doc.Content) > 0 {
		if doc.Content[0].Kind != yaml.SequenceNode {
			return wrong(variable, errors.New("it takes a list in YAML or JSON, such as "+example(k.value.Type().Elem())))
		}
		nodes = doc.Content[0].Content
	}
	maps.DeleteFunc(l.from, func(name, _ string) bool { return strings.HasPrefix(name, k.name+"[") })
	fresh := &loader{keys: l.keys, from: l.from, lines: map[string]int{}}
	return fresh.items(variable, k, nodes)
}

// example is a list of things of a type.
func example(t reflect.Type) string {
	if t == reflect.TypeFor[Copy]() {
		return `["/mnt/copy", "s3://bucket/prefix"], in which what has a comma in it stands in quotes`
	}
	return `[{name: a, seeds: ["https://www.example.org/"]}]`
}
