package archive

import (
	"strconv"
	"strings"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/warc"
)

// originOf says where the bytes of x come from.
func originOf(x *ibid.Exchange) ibid.Origin {
	if x.Provenance == nil {
		return ibid.OriginLive
	}
	return x.Provenance.Archive
}

// resourceRecord keeps a payload of which nobody knows the head that it was sent with (ISO 28500:2017, 6.3.4).
func resourceRecord(r *warc.Record, x *ibid.Exchange) error {
	r.Type, r.ContentType, r.Stored = warc.Resource, string(x.MediaType), incompressible(x)
	if r.ContentType == "" {
		r.ContentType = "application/octet-stream"
	}
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Payload-Digest", Value: string(x.PayloadDigest)})
	r.Fields = append(r.Fields, truncated(x)...)
	return setBlock(r, x.Response)
}

// sourceFields name the Memento that a record was copied from, and when it was. They are not in ISO 28500; warcit and
// pywb write and read them.
func sourceFields(p *ibid.Provenance) warc.Header {
	return warc.Header{
		{Name: "WARC-Source-URI", Value: p.URIM},
		{Name: "WARC-Creation-Date", Value: p.Fetched.UTC().Format(warc.DateLayout)},
	}
}

// addProvenance adds the metadata record about where the payload came from.
func (c *captured) addProvenance(x *ibid.Exchange, concurrentTo string) error {
	id, err := warc.NewID()
	if err != nil {
		return err
	}
	r := &warc.Record{Type: warc.Metadata, ID: id, Date: x.Began, TargetURI: provenanceURN + x.URI, ContentType: warc.Fields}
	r.Fields = append(r.Fields, warc.Field{Name: "WARC-Concurrent-To", Value: "<" + concurrentTo + ">"})
	setBytes(r, provenanceText(x.Provenance, x.Via))
	c.records = append(c.records, r)
	return nil
}

// provenanceText is p as application/warc-fields; what is not known is left out.
func provenanceText(p *ibid.Provenance, needed string) []byte {
	var b strings.Builder
	add := func(name, value string) {
		if value == "" {
			return
		}
		// A line end in a value would begin another field.
		value = strings.NewReplacer("\r", " ", "\n", " ").Replace(value)
		b.WriteString(name + ": " + value + "\r\n")
	}
	add("via", p.URIM)
	add("archive", string(p.Archive))
	add("x-archive-src", p.Record)
	add("cdx-digest", p.Digest)
	add("needed-by", needed)
	add("cited-uri", p.Cited)
	if !p.Target.IsZero() {
		add("cited-date", p.Target.UTC().Format(warc.DateLayout))
		add("distance-days", strconv.Itoa(p.DistanceDays))
	}
	add("quality", strconv.FormatFloat(p.Quality, 'f', 2, 64))
	add("reasons", strings.Join(p.Reasons, "; "))
	add("hypothesis", p.Hypothesis)
	if p.HeadersRebuilt {
		add("headers-reconstructed", "yes")
	}
	return []byte(b.String())
}
