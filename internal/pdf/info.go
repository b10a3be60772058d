package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what is kept of the Info dictionary and of XMP.
const (
	maxEntries = 64
	maxText    = 8 << 10
	maxPacket  = 512 << 10
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

// Get returns the first value of an XMP property, or "".
func (i *Info) Get(property string) string {
	if v := i.XMP[property]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}
