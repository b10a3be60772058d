package configs

import (
	"encoding"
	"reflect"
	"strings"
)

// key is one thing that can be set, or a section of such things.
type key struct {
	// name is the way to it through the file: "network.timeout.total".
	name  string
	value reflect.Value
	// section is set for a key that holds other keys and no value.
	section bool
}

// env is the environment variable that sets k.
func (k key) env() string {
	return "IBID_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// keys lists every key of c in the order of its fields, each section before what it holds.
func keys(c *Config) []key {
	return appendKeys(nil, "", reflect.ValueOf(c).Elem())
}

func appendKeys(all []key, prefix string, v reflect.Value) []key {
	for i := range v.NumField() {
		k := key{name: prefix + v.Type().Field(i).Tag.Get("yaml"), value: v.Field(i)}
		_, text := k.value.Addr().Interface().(encoding.TextUnmarshaler)
		k.section = !text && k.value.Kind() == reflect.Struct
		all = append(all, k)
		if k.section {
			all = appendKeys(all, k.name+".", k.value)
		}
	}
	return all
}

// nearest returns the name in all that name was most likely meant to be. A key in the wrong section counts
// as near: people remember "tries" better than "network.tries".
func nearest(name string, all []key) string {
	best, least := "", -1
	for _, k := range all {
		cost := min(distance(name, k.name), 1+distance(lastPart(name), lastPart(k.name)))
		if least < 0 || cost < least {
			best, least = k.name, cost
		}
	}
	return best
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// maxCompared bounds what distance looks at: longer names are no slips of the finger.
const maxCompared = 64

// distance is the Levenshtein distance of a and b in bytes.
func distance(a, b string) int {
	a, b = a[:min(len(a), maxCompared)], b[:min(len(b), maxCompared)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
