package configs

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// file sets what text, a YAML document, gives a value to. An empty document sets nothing.
func (l *loader) file(name string, text []byte) error {
	in := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := in.Decode(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return wrong(syntax(name, err))
	}
	if err := in.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return wrong(name, errors.New("it holds more than one YAML document: keep one"))
	}
	return l.section(name, "", doc.Content[0])
}

// syntax takes the line out of an error of the YAML reader ("yaml: line 3: ...").
func syntax(name string, err error) (string, error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if line, what, ok := strings.Cut(rest, ": "); ok {
			return name + ":" + line, fmt.Errorf("it is not YAML: %s", what)
		}
	}
	return name, fmt.Errorf("it is not YAML: %s", message)
}

// section sets what the mapping n gives a value to, below the key prefix ("" or "network."). A key may also
// be written in one piece, "network.tries", as it is everywhere else.
func (l *loader) section(file, prefix string, n *yaml.Node) error {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return wrong(at(file, n), fmt.Errorf("%s holds keys with values, not %s", l.sectionName(prefix), kindName(n)))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		given, value := n.Content[i], n.Content[i+1]
		name := prefix + given.Value
		if before, twice := l.lines[name]; twice {
			return wrong(at(file, given), fmt.Errorf("%s is set twice (first in line %d)", name, before))
		}
		l.lines[name] = given.Line
		k, err := l.find(name, given)
		if err != nil {
			return wrong(at(file, given), err)
		}
		if err := l.set(file, k, value); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) find(name string, given *yaml.Node) (key, error) {
	for _, k := range l.keys {
		if given.Kind == yaml.ScalarNode && k.name == name {
			return k, nil
		}
	}
	return key{}, fmt.Errorf("unknown key %.80q; the nearest known key is %q", name, nearest(name, l.keys))
}

// set gives k the value n. A null leaves the default.
func (l *loader) set(file string, k key, n *yaml.Node) error {
	if k.section {
		return l.section(file, k.name+".", n)
	}
	var err error
	switch {
	case n.Tag == "!!null":
		return nil
	case holdsItems(k.value) && n.Kind == yaml.SequenceNode:
		if err := l.items(file, k, n.Content); err != nil {
			return err
		}
	case n.Kind == yaml.ScalarNode && !holdsItems(k.value):
		err = setText(k.value, n.Value)
	case n.Kind == yaml.SequenceNode && k.value.Kind() == reflect.Slice:
		err = setList(k.value, n.Content)
	default:
		err = fmt.Errorf("it takes %s, not %s", wants(k.value), kindName(n))
	}
	if err != nil {
		return wrong(at(file, n), fmt.Errorf("%s: %w", k.name, err))
	}
	l.from[k.name] = at(file, n)
	return nil
}

func setList(v reflect.Value, items []*yaml.Node) error {
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, n := range items {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return fmt.Errorf("item %d (line %d) is %s, not plain text", i+1, n.Line, kindName(n))
		}
		if err := setText(list.Index(i), n.Value); err != nil {
			return fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	v.Set(list)
	return nil
}

// setText sets v to what text says; for a list, the items are parted by commas.
func setText(v reflect.Value, text string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		v.SetInt(int64(n))
	case reflect.Slice:
		return setItems(v, text)
	default:
		return fmt.Errorf("no text can set a %v", v.Type())
	}
	return nil
}

func setItems(v reflect.Value, text string) error {
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		one := reflect.New(v.Type().Elem()).Elem()
		if err := setText(one, item); err != nil {
			return err
		}
		list = reflect.Append(list, one)
	}
	v.Set(list)
	return nil
}
