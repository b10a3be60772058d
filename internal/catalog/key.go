package catalog

import "strings"

func surtOf(uri string) string { return strings.ToLower(bare(uri)) }
