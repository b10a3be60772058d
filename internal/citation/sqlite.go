package citation

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"unicode/utf16"
)

// sqliteFile reads the tables of a SQLite database out of its bytes (sqlite.org/fileformat2.html), and nothing else: no SQL of
// it is run, no index and no journal is looked at.
type sqliteFile struct {
	body     []byte
	page     int // size of a page in bytes
	usable   int // of it
	encoding uint32
	tables   map[string]sqliteTable
}

// sqliteTable is where a table begins, and its columns.
type sqliteTable struct {
	root    int
	columns []string
}

// sqliteValue is the value of a column: an integer or a text. Others are null.
type sqliteValue struct {
	number int64
	text   string
	null   bool
}

var errDamagedDatabase = errors.New("its database is damaged or cut")

// openSQLite reads the schema of a database.
func openSQLite(body []byte) (*sqliteFile, error) {
	if len(body) < 512 {
		return nil, errDamagedDatabase
	}
	f := &sqliteFile{body: body, page: int(binary.BigEndian.Uint16(body[16:])), tables: make(map[string]sqliteTable)}
	if f.page == 1 {
		f.page = 1 << 16
	}
	f.usable, f.encoding = f.page-int(body[20]), binary.BigEndian.Uint32(body[56:])
	if f.page < 512 || f.page&(f.page-1) != 0 || f.usable < 480 {
		return nil, errDamagedDatabase
	}
	err := f.rows(1, func(_ int64, v []sqliteValue) {
		if len(v) >= 5 && v[0].text == "table" && v[3].number > 0 && v[3].number < math.MaxInt32 {
			f.tables[v[1].text] = sqliteTable{root: int(v[3].number), columns: columnsOf(v[4].text)}
		}
	})
	return f, err
}

// columnsOf are the names of the columns in a CREATE TABLE.
func columnsOf(sql string) []string {
	open := strings.IndexByte(sql, '(')
	if open < 0 {
		return nil
	}
	var columns []string
	depth, from := 0, open+1
	for i := open + 1; i < len(sql); i++ {
		switch c := sql[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0 && (c == ',' || c == ')'):
			if words := strings.Fields(sql[from:i]); len(words) > 0 {
				columns = append(columns, strings.Trim(words[0], "\"`[]"))
			}
			from = i + 1
		}
	}
	return columns
}

// each calls f with the values of the named columns of each row of a table. A column that is the key of its rows is null in
// them: it is the id of the row.
func (f *sqliteFile) each(table string, columns []string, do func(v []sqliteValue)) error {
	t, ok := f.tables[table]
	if !ok {
		return errors.New("it lacks the table " + table)
	}
	at := make([]int, len(columns))
	for i, name := range columns {
		at[i] = -1
		for k, column := range t.columns {
			if strings.EqualFold(column, name) {
				at[i] = k
			}
		}
	}
	out := make([]sqliteValue, len(columns))
	return f.rows(t.root, func(id int64, v []sqliteValue) {
		for i, k := range at {
			switch {
			case k < 0 || k >= len(v):
				out[i] = sqliteValue{null: true}
			case v[k].null && k == 0:
				out[i] = sqliteValue{number: id}
			default:
				out[i] = v[k]
			}
		}
		do(out)
	})
}

// rows goes over the b-tree of a table, each page once.
func (f *sqliteFile) rows(root int, do func(id int64, v []sqliteValue)) error {
	seen := make(map[int]bool)
	todo := []int{root}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		page := f.at(n)
		if page == nil || seen[n] {
			return errDamagedDatabase
		}
		seen[n] = true
		header := 0
		if n == 1 {
			header = 100
		}
		cells := int(binary.BigEndian.Uint16(page[header+3:]))
		switch page[header] {
		case 5: // interior: its children, the last one named in the header
			todo = append(todo, int(binary.BigEndian.Uint32(page[header+8:])))
			for i := cells - 1; i >= 0; i-- {
				cell := f.cell(page, header+12+2*i)
				if len(cell) < 4 {
					return errDamagedDatabase
				}
				todo = append(todo, int(binary.BigEndian.Uint32(cell)))
			}
		case 13: // leaf
			for i := range cells {
				id, payload, ok := f.payload(f.cell(page, header+8+2*i))
				if !ok {
					return errDamagedDatabase
				}
				do(id, f.record(payload))
			}
		default:
			return errDamagedDatabase
		}
	}
	return nil
}

// at is a page by its number, from 1; nil if there is none.
func (f *sqliteFile) at(n int) []byte {
	if n < 1 || n > len(f.body)/f.page {
		return nil
	}
	return f.body[(n-1)*f.page : n*f.page]
}

// cell is what begins where the pointer at i of a page says.
func (f *sqliteFile) cell(page []byte, i int) []byte {
	if i+2 > len(page) {
		return nil
	}
	at := int(binary.BigEndian.Uint16(page[i:]))
	if at >= f.usable {
		return nil
	}
	return page[at:f.usable]
}

// payload is the content of the cell of a row, put together from its overflow pages.
func (f *sqliteFile) payload(cell []byte) (id int64, payload []byte, ok bool) {
	size, n := varint(cell)
	if n == 0 || size < 0 || size > int64(len(f.body)) {
		return 0, nil, false
	}
	id, m := varint(cell[n:])
	if m == 0 {
		return 0, nil, false
	}
	rest, total := cell[n+m:], int(size)
	local := total
	if total > f.usable-35 {
		least := (f.usable-12)*32/255 - 23
		if local = least + (total-least)%(f.usable-4); local > f.usable-35 {
			local = least
		}
	}
	if local > len(rest) {
		return 0, nil, false
	}
	if local == total {
		return id, rest[:local], true
	}
	if local+4 > len(rest) {
		return 0, nil, false
	}
	payload = append(make([]byte, 0, total), rest[:local]...)
	for next := int(binary.BigEndian.Uint32(rest[local:])); len(payload) < total; {
		page := f.at(next)
		if page == nil {
			return 0, nil, false
		}
		payload = append(payload, page[4:4+min(f.usable-4, total-len(payload))]...)
		next = int(binary.BigEndian.Uint32(page))
	}
	return id, payload, true
}

// record reads the values of a row; those that are cut are left out.
func (f *sqliteFile) record(payload []byte) []sqliteValue {
	size, n := varint(payload)
	if n == 0 || size < int64(n) || size > int64(len(payload)) {
		return nil
	}
	header, body := payload[n:size], payload[size:]
	var values []sqliteValue
	for len(header) > 0 {
		kind, n := varint(header)
		length := valueLength(kind)
		if n == 0 || length < 0 || length > len(body) {
			return values
		}
		values = append(values, f.value(kind, body[:length]))
		header, body = header[n:], body[length:]
	}
	return values
}

// valueLength is the length in bytes of a value of a serial type; -1 if it cannot be.
func valueLength(kind int64) int {
	switch {
	case kind < 0 || kind > math.MaxInt32:
		return -1
	case kind < 12:
		return []int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0}[kind]
	}
	return int(kind-12) / 2
}

func (f *sqliteFile) value(kind int64, b []byte) sqliteValue {
	switch {
	case kind >= 1 && kind <= 6:
		n := int64(int8(b[0])) //nolint:gosec // its first bit is the sign
		for _, c := range b[1:] {
			n = n<<8 | int64(c)
		}
		return sqliteValue{number: n}
	case kind == 8 || kind == 9:
		return sqliteValue{number: kind - 8}
	case kind >= 13 && kind%2 == 1:
		return sqliteValue{text: f.text(b)}
	}
	return sqliteValue{null: true}
}

func (f *sqliteFile) text(b []byte) string {
	if f.encoding != 2 && f.encoding != 3 {
		return string(b)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		if f.encoding == 2 {
			units[i] = binary.LittleEndian.Uint16(b[2*i:])
		} else {
			units[i] = binary.BigEndian.Uint16(b[2*i:])
		}
	}
	return string(utf16.Decode(units))
}

// varint reads an integer of 1 to 9 bytes, and its length; 0 if it is cut.
func varint(b []byte) (value int64, n int) {
	for n < len(b) && n < 8 {
		value = value<<7 | int64(b[n]&0x7f)
		n++
		if b[n-1] < 0x80 {
			return value, n
		}
	}
	if n == 8 && n < len(b) {
		return value<<8 | int64(b[n]), 9
	}
	return 0, 0
}
