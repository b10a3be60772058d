package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Bounds of what is kept of the Info dictionary and of XMP.
const (
	maxEntries = 64
	maxText    = 8 << 10
	maxPacket  = 512 << 10
	// scanWindow is how much of each end of a damaged file is looked through.
	scanWindow = 1 << 20
)

// readInfo reads what a PDF says of itself without PDFium. Files whose cross-reference table is of no use
// are looked through at both ends. The error is ErrFormat when there is nothing of a PDF in it.
func readInfo(r io.ReaderAt, size int64) (*Info, error) {
	head := make([]byte, min(size, 1024))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the head: %w", err)
	} else if head = head[:n]; !bytes.Contains(head, []byte("%PDF-")) {
		return nil, ErrFormat
	}
	f, err := openFile(r, size)
	if err != nil {
		return scanInfo(r, size)
	}
	info := &Info{}
	_, info.Encrypted = f.trailer["Encrypt"]
	if entries, ok := f.resolve(f.trailer["Info"]).(dict); ok && !info.Encrypted {
		info.Dict = f.texts(entries)
	}
	root, ok := f.resolve(f.trailer["Root"]).(dict)
	if !ok && info.Dict == nil && !info.Encrypted {
		return scanInfo(r, size)
	}
	if lang, ok := f.resolve(root["Lang"]).(text); ok && !info.Encrypted {
		info.Language = lang[:min(len(lang), 100)].String()
	}
	if n, ok := root["Metadata"].(ref); ok {
		info.XMP = parseXMP(f.metadata(n))
	}
	return info, nil
}

// metadata returns the XMP packet that is object n, or nil.
func (f *file) metadata(n ref) []byte {
	kind, at := f.entry(int(n))
	if kind != 1 {
		return nil
	}
	_, data, err := f.streamAt(at, int(n))
	if err != nil {
		return nil
	}
	return data[:min(len(data), maxPacket)]
}

// texts keeps the entries of an Info dictionary that are text.
func (f *file) texts(entries dict) map[string]string {
	out := map[string]string{}
	for key, v := range entries {
		t, ok := f.resolve(v).(text)
		if !ok || len(key) > 100 || len(out) == maxEntries {
			continue
		}
		if s := t[:min(len(t), maxText)].String(); s != "" {
			out[string(key)] = s
		}
	}
	return out
}

var infoRef = regexp.MustCompile(`/Info\s+(\d{1,9})\s+(\d{1,5})\s+R`)

// scanInfo looks for an Info dictionary and an XMP packet in both ends of a damaged file.
func scanInfo(r io.ReaderAt, size int64) (*Info, error) {
	b := make([]byte, min(size, 2*scanWindow))
	n, err := r.ReadAt(b[:min(size, scanWindow)], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if rest := size - int64(n); rest > 0 {
		m, err := r.ReadAt(b[n:], max(int64(n), size-scanWindow))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		n += m
	}
	b = b[:n]
	if !bytes.Contains(b, []byte(" obj")) {
		return nil, ErrFormat
	}
	info := &Info{Encrypted: bytes.Contains(b, []byte("/Encrypt "))}
	if m := infoRef.FindSubmatch(lastMatch(b, "/Info")); m != nil && !info.Encrypted {
		mark := fmt.Sprintf("\n%s %s obj", m[1], m[2])
		if found := lastMatch(b, mark); found != nil {
			if d, ok := (&lexer{b: found[len(mark):]}).next(0).(dict); ok {
				info.Dict = (&file{}).texts(d)
			}
		}
	}
	if packet := lastMatch(b, "<?xpacket begin"); packet != nil {
		info.XMP = parseXMP(packet[:min(len(packet), maxPacket)])
	}
	return info, nil
}

// lastMatch returns b from the last occurrence of mark on. Searching forwards is many times faster than
// backwards, for want of a vector routine.
func lastMatch(b []byte, mark string) []byte {
	last := -1
	for i := 0; ; i++ {
		n := bytes.Index(b[i:], []byte(mark))
		if n < 0 {
			break
		}
		i += n
		last = i
	}
	if last < 0 {
		return nil
	}
	return b[last:]
}

// Get returns the first value of an XMP property, or "".
func (i *Info) Get(property string) string {
	if v := i.XMP[property]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}
