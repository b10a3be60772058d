// Package testsite serves web sites that are written down in txtar files, on loopback: for tests and for
// `ibid demo`. A second part, [Hostile], is a bank of servers that misbehave on purpose, with a table
// of what a crawler should make of each.
//
// # Sites
//
// Each file of the archive is one address. Its name is the URL without "http://" (with "https://" in
// front, it is served over TLS only):
//
//	-- www.iom.int/jahia/Jahia/lang/en/pid/8 --
//	<html>the body</html>
//	-- www.iom.int/old --
//	HTTP 301
//	Location: /jahia/Jahia/lang/en/pid/8
//	-- www.iom.int/* --
//	HTTP 404
//
//	<html>what every other address of this host answers</html>
//
// A file whose first line is "HTTP" and a status begins with a head: header lines and directives, up
// to the first empty line. Directives begin with "@":
//
//	@charset windows-1252     the body is sent in it (also iso-8859-1, utf-16: little-endian with a mark)
//	@coding gzip              content coding: gzip or deflate
//	@chunked                  sent in chunks, without a Content-Length
//	@delay 200ms              waits before it answers
//	@like HOST/PATH           the whole answer of another file
//	@pdf title="…" author="A; B" lang=fr date=2009-05-12 pages=3
//	                          the body is the text of a PDF; addresses in it become links
//	@image 64x48              a picture of the type that the name ends with: png, gif, jpg, ico
//	@woff                     a font file
//	@mp4 100KB                a film, in name and form
//	@random 1MB seed=7        bytes that do not compress
//
// A name without a slash speaks of a whole host. Its lines are default headers, and
//
//	@alias HOST    another name of the host
//	@refused       nobody listens: connections are refused
//	@unknown       the name does not exist
//
// # Archives
//
// A host with the line
//
//	@archive wayback id=ia name="The Archive" rate=600
//
// is a web archive. It speaks as the Wayback Machine does, or as pywb ("@archive pywb …"). Each of its files is
// one capture, named by its address there; what it says is what the source answered then:
//
//	-- web.archive.org/web/20090528031205/http://www.iom.int/jahia --
//	HTTP 200
//	Server: Apache-Coyote/1.1
//
//	<html>the body</html>
//
// TimeMaps, TimeGates, the index (CDX), raw and rewritten views follow from that. Directives of a capture are those of
// every file, and
//
//	@was HOST/PATH   the whole answer of a file of the past web: see Demo
//	@src ITEM/WARC   the WARC file that the archive says it is in
//	@bare            the archive does not know the original headers
//	@unplayable      it is in the index; who asks for it is sent to the nearest other one
//	@revisit         its line in the index is that of a revisit record
//
// An archive as a whole may have
//
//	@excluded HOST/PATH       what begins with it is not shown
//	@no-cdx                   it has no index, only TimeMaps
//	@timemap paged N          N mementos on a page of a TimeMap, each leading to the next
//	@timemap index N          the same, and the first address lists the pages only
//	@throttle N retry=2s      after N requests it says 429 with Retry-After, and again to whoever does not wait
//	@delay 200ms              waits before each answer
//
// # Parts
//
// A name that begins with "#" is a part that bodies include by its name: <!--#include virtual="nav" -->.
// The part is text, and is sent nowhere by itself.
package testsite
