package configs

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// at is the place of n in a file, as editors and compilers write it.
func at(file string, n *yaml.Node) string { return fmt.Sprintf("%s:%d", file, n.Line) }

// sectionName names what stands below prefix, and the keys that it holds, so that the error is the answer.
func (l *loader) sectionName(prefix string) string {
	var held []string
	for _, k := range l.keys {
		if rest, ok := strings.CutPrefix(k.name, prefix); ok && !strings.Contains(rest, ".") {
			held = append(held, rest)
		}
	}
	name := "the file"
	if prefix != "" {
		name = strings.TrimSuffix(prefix, ".")
	}
	return fmt.Sprintf("%s (%s)", name, strings.Join(held, ", "))
}

// kindName says in plain words what n is.
func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "a YAML alias (aliases are not used here: write the value out)"
	default:
		if n.Tag == "!!null" {
			return "nothing"
		}
		return fmt.Sprintf("%q", n.Value)
	}
}

// wants says in plain words what a key takes.
func wants(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	default:
		return "one value"
	}
}
