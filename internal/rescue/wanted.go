package rescue

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// Wanted is a source that is looked for, and what is known of it. All but URI may be missing.
type Wanted struct {
	// URI is the address as it was cited.
	URI string
	// At is the date as of which it is wanted; zero is now.
	At time.Time
	// Title, Language (BCP 47), MediaType, Size in bytes and Digests are those that it had, as far as the citation or an
	// earlier capture tells. Text is some of its text.
	Title     string
	Language  string
	MediaType ibid.MediaType
	Size      int64
	Digests   []ibid.Digest
	Text      string
	// Dead are the payloads of what the live web sends in its place: an archive's capture of the same is as dead.
	Dead []ibid.Digest
}

// sketch is what proofs are made against.
func (w *Wanted) sketch() Sketch {
	return Sketch{
		URI: w.URI, Title: w.Title, Language: w.Language, MediaType: w.mediaType(), Size: w.Size, Digests: w.Digests, Text: w.Text,
	}
}

// fileTypes are the types of addresses that end in one of these: what is sent as a page under such an address is an
// error page or a block.
var fileTypes = map[string]ibid.MediaType{
	".pdf": "application/pdf", ".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".zip": "application/zip",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".rtf": "application/rtf",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".css": "text/css", ".js": "text/javascript",
}

// mediaType is the one known, else the one that the address tells of.
func (w *Wanted) mediaType() ibid.MediaType {
	if w.MediaType != "" {
		return w.MediaType
	}
	return typeByAddress(w.URI)
}

func typeByAddress(uri string) ibid.MediaType {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return fileTypes[strings.ToLower(path.Ext(u.Path))]
}

func isPage(t ibid.MediaType) bool { return t == "text/html" || t == "application/xhtml+xml" }

// unfit says why a capture with that status and type need not be fetched; empty: it may be what is wanted. Zero and
// empty are unknown.
func (w *Wanted) unfit(status int, mediaType ibid.MediaType) string {
	switch {
	case status == 403 || status == 429 || status == 401:
		return "captures of a block"
	case status >= 400:
		return "captures of error pages"
	case status >= 200 && status < 300 && isPage(mediaType) && w.mediaType() != "" && !isPage(w.mediaType()):
		return "pages in the place of " + string(w.mediaType())
	}
	return ""
}
