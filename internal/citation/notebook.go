package citation

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
)

// notebook is what is read of a Jupyter notebook (nbformat 4; the cells of format 3 are in worksheets).
type notebook struct {
	Format   int            `json:"nbformat"`
	Cells    []notebookCell `json:"cells"`
	Sheets   []notebook     `json:"worksheets"`
	Metadata struct {
		Title cslID `json:"title"`
	} `json:"metadata"`
}

type notebookCell struct {
	Kind   string     `json:"cell_type"`
	Source cellSource `json:"source"`
}

// cellSource is the text of a cell: a string, or a list of its lines. Anything else is none.
type cellSource string

// UnmarshalJSON takes either.
func (s *cellSource) UnmarshalJSON(b []byte) error {
	var whole string
	var lines []string
	if json.Unmarshal(b, &whole) == nil {
		*s = cellSource(whole)
	} else if json.Unmarshal(b, &lines) == nil {
		*s = cellSource(strings.Join(lines, ""))
	}
	return nil
}

// readNotebook reads the Markdown of a Jupyter notebook, cell by cell, as it is shown; its code and what that printed are not read. The
// first cell may hold a metadata block. A reference has no line: that of the JSON says nothing to a reader.
func readNotebook(c *collector, source string) error {
	var n notebook
	if err := json.Unmarshal([]byte(strings.TrimPrefix(source, "\ufeff")), &n); err != nil || n.Format == 0 && len(n.Cells) == 0 {
		return unreadableIn(c.name, errors.New("its JSON is damaged, or not a notebook"))
	}
	cells := n.Cells
	for _, sheet := range n.Sheets {
		cells = append(cells, sheet.Cells...)
	}
	var m *markdown
	for i, cell := range cells {
		if c.err = cmp.Or(c.err, c.stopped()); c.err != nil {
			return c.err
		}
		body := cleaned(string(cell.Source))
		if i == 0 && cell.Kind != "code" {
			body, _ = readFrontMatter(c, body)
		}
		if m == nil {
			c.document.Title = cmp.Or(c.document.Title, string(n.Metadata.Title))
			m = newMarkdown(c)
		}
		if cell.Kind == "markdown" {
			m.read(body, 0)
		}
	}
	c.resolveKeys()
	for i := range c.refs {
		c.refs[i].Locator.Line = 0
	}
	return c.err
}
