package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteTrust writes t for people.
func WriteTrust(w io.Writer, t *Trust) error {
	var b strings.Builder
	fmt.Fprintf(&b, "What this archive can show of itself on %s (%s)\n\nHeld\n", onDay(t.At), Plain(t.Software))
	for _, c := range t.Collections {
		private := ""
		if c.Private {
			private = ", private"
		}
		fmt.Fprintf(&b, "  %s: %s with %s, %s, %d bytes%s\n", Plain(c.Name), Count(c.Documents, "document"), Count(c.References, "reference"), Count(c.Captures, "capture"), c.Bytes, private)
	}
	if len(t.Collections) == 0 {
		b.WriteString("  nothing\n")
	}
	fmt.Fprintf(&b, "\nWhere, and how it was found\n  %s\n  %s\n  %s\n", t.copiesWords(), t.auditWords(), t.logWords())
	if t.Unfinished > 0 {
		fmt.Fprintf(&b, "  %d destructions were decided and not carried out to their end: ibid destroy --resume\n", t.Unfinished)
	}
	statements(&b, "NDSA Levels of Digital Preservation, 2.0", t.NDSA())
	statements(&b, "CoreTrustSeal Requirements 2023-2025", t.CoreTrustSeal())
	_, err := io.WriteString(w, b.String())
	return err
}

func statements(b *strings.Builder, title string, all []Statement) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, s := range all {
		fmt.Fprintf(b, "  %-12s %-9s %s: %s\n", s.ID, s.Shown, s.Asks, s.Evidence)
	}
}
