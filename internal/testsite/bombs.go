package testsite

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
)

// bombSize is what a bomb decodes to: 1 GiB, eight times what the table's limits allow.
const bombSize = 1 << 30

// bombUnit is one repeatable step of a bomb: a deflate block that decodes to so many zeros.
const bombUnit = 1 << 20

// deflateUnit is a deflate stream (RFC 1951) of bombUnit zeros that ends on a byte and is not the last.
func deflateUnit() (string, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(make([]byte, bombUnit)); err != nil {
		return "", err
	}
	err = w.Flush()
	return b.String(), err
}

// lastBlock is an empty last block.
const lastBlock = "\x03\x00"

// writeGzipBomb writes a gzip file (RFC 1952) of size zeros, whole units: a thousandth of that.
func writeGzipBomb(w io.Writer, size int) error {
	unit, err := deflateUnit()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"); err != nil {
		return err
	}
	if err := repeat(w, unit, size/bombUnit); err != nil {
		return err
	}
	zeros, sum := make([]byte, bombUnit), uint32(0)
	for range size / bombUnit {
		sum = crc32.Update(sum, crc32.IEEETable, zeros)
	}
	end := binary.LittleEndian.AppendUint32([]byte(lastBlock), sum)
	_, err = w.Write(binary.LittleEndian.AppendUint32(end, uint32(size)))
	return err
}

// writeZlibBomb is the same as "deflate" (RFC 1950).
func writeZlibBomb(w io.Writer, size int) error {
	unit, err := deflateUnit()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\x78\xda"); err != nil {
		return err
	}
	if err := repeat(w, unit, size/bombUnit); err != nil {
		return err
	}
	// Adler-32 of n zeros: the low half stays 1, the high half has counted it n times.
	const mod = 65521
	sum := uint32(size%mod)<<16 | 1 //nolint:gosec // below mod
	_, err = w.Write(binary.BigEndian.AppendUint32([]byte(lastBlock), sum))
	return err
}

// zstdBomb is a Zstandard frame (RFC 8878) of run-length blocks: 4 bytes for each 128 KiB of zeros. window is
// the window descriptor.
func zstdBomb(window byte, size int) string {
	const block = 128 << 10
	frame := "\x28\xb5\x2f\xfd\x00" + string([]byte{window})
	header := func(last uint32) string {
		b := binary.LittleEndian.AppendUint32(nil, last|1<<1|block<<3)
		return string(b[:3]) + "\x00"
	}
	return frame + strings.Repeat(header(0), size/block-1) + header(1)
}

// bitWriter writes bits from the lowest on, as Brotli does.
type bitWriter struct {
	out  []byte
	free int // bits free in the last byte
}

func (w *bitWriter) put(value uint64, n int) {
	for i := range n {
		if w.free == 0 {
			w.out, w.free = append(w.out, 0), 8
		}
		w.out[len(w.out)-1] |= byte(value>>i&1) << (8 - w.free)
		w.free--
	}
}

// brotliBomb is a Brotli stream (RFC 7932) of meta-blocks of 16 MiB: every prefix code has one symbol, so a
// literal costs no bit, and one command inserts them all.
func brotliBomb(size int) string {
	const unit = 1 << 24
	w := &bitWriter{}
	w.put(0, 1) // window of 2^16
	for range size / unit {
		w.put(0, 1)       // not the last
		w.put(2, 2)       // six digits of length
		w.put(unit-1, 24) // the length
		w.put(0, 1)       // compressed
		w.put(0, 3)       // one block type each of literals, commands, distances
		w.put(0, 6)       // no postfix, no direct distances
		w.put(0, 2)       // context mode
		w.put(0, 2)       // one tree each for literals and distances
		for _, code := range []struct {
			symbol uint64
			bits   int
		}{{0, 8}, {504, 10}, {0, 6}} { // literal 0; insert code 23 with copy code 0; distance 0
			w.put(1, 2) // simple code
			w.put(0, 2) // of one symbol
			w.put(code.symbol, code.bits)
		}
		w.put(unit-22594, 24) // insert length: 22594 and this
	}
	w.put(3, 2) // the last, and empty
	return string(w.out)
}

// gzipped codes text once.
func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	// A bytes.Buffer takes every write.
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// zlibbed codes text once.
func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

// coded is the head of an answer with a coding and a body that ends with the connection.
func coded(coding string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: " + coding + "\r\nConnection: close\r\n\r\n"
}

// streamed sends a bomb as it is made.
func streamed(coding string, bomb func(io.Writer, int) error) script {
	return func(_ context.Context, x *exchange) error {
		if err := x.send(coded(coding)); err != nil {
			return err
		}
		return bomb(x, bombSize)
	}
}

// nestedBomb is a gzip bomb in gzip.
func nestedBomb(w io.Writer, size int) error {
	zw := gzip.NewWriter(w)
	if err := writeGzipBomb(zw, size); err != nil {
		return err
	}
	return zw.Close()
}

// bombCases decode to more than the limit: the bytes are stored as sent.
func bombCases() []*hostileCase {
	bomb := func(name, note string, s script) *hostileCase {
		return onHTTP(groupCoding, name, noted, "decoded-too-large", note, s)
	}
	return []*hostileCase{
		bomb("gzip-bomb", "1 MiB of gzip, 1 GiB of zeros", streamed("gzip", writeGzipBomb)),
		bomb("deflate-bomb", "the same as deflate", streamed("deflate", writeZlibBomb)),
		bomb("nested-bomb", "a gzip bomb in gzip, and both are said", streamed("gzip, gzip", nestedBomb)),
		bomb("zstd-bomb", "32 KiB of zstd, 1 GiB of zeros", func(_ context.Context, x *exchange) error {
			return x.send(coded("zstd") + zstdBomb(0x38, bombSize))
		}),
		bomb("br-bomb", "under 1 KiB of Brotli, 1 GiB of zeros", func(_ context.Context, x *exchange) error {
			return x.send(coded("br") + brotliBomb(bombSize))
		}),
		onHTTP(groupCoding, "zstd-window", noted, "decode-failed|decoded-too-large", "a window of 2 TiB", func(_ context.Context, x *exchange) error {
			return x.send(coded("zstd") + zstdBomb(31<<3, bombSize))
		}),
	}
}

// codingCases are codings that are wrong or odd: the bytes stay as they are.
func codingCases() []*hostileCase {
	const html = "<title>coded</title><p>text that is coded</p>"
	zipped := gzipped(html)
	bad := func(name, coding, note, body string) *hostileCase {
		return onHTTP(groupCoding, name, noted, "decode-failed", note, answer(codingHeader(coding), body))
	}
	good := func(name, coding, note, body string) *hostileCase {
		return onHTTP(groupCoding, name, archived, "", note, answer(codingHeader(coding), body))
	}
	flip := func(s string, fromEnd int) string {
		b := []byte(s)
		b[len(b)-fromEnd] ^= 0xff
		return string(b)
	}
	return []*hostileCase{
		good("gzip-good", "gzip", "", zipped),
		good("gzip-old-name", "x-gzip", "", zipped),
		good("gzip-two-members", "gzip", "two members after each other", zipped+zipped),
		good("deflate-good", "deflate", "", zlibbed(html)),
		good("coding-identity", "identity", "", html),
		good("gzip-twice", "gzip, gzip", "coded twice, and says so", gzipped(zipped)),
		bad("gzip-cut", "gzip", "the body ends in the middle of the coding; its length is right", zipped[:len(zipped)/2]),
		bad("gzip-bad-sum", "gzip", "the checksum is wrong", flip(zipped, 6)),
		bad("gzip-bad-size", "gzip", "the size at the end is wrong", flip(zipped, 2)),
		bad("gzip-head-only", "gzip", "ten bytes", zipped[:10]),
		bad("gzip-lie", "gzip", "says gzip, is plain", html),
		bad("deflate-lie", "deflate", "says deflate, is plain", html),
		bad("br-lie", "br", "says Brotli, is plain", html+strings.Repeat("\xff", 64)),
		bad("zstd-lie", "zstd", "says zstd, is plain", html),
		bad("zstd-cut", "zstd", "a frame of which half is missing", "\x28\xb5\x2f\xfd\x00\x38\x02\x00"),
		bad("coding-unknown", "x-rot13", "a coding that nobody knows", html),
		bad("coding-thousand", strings.Repeat("gzip, ", 999)+"gzip", "gzip a thousand times, it says", zipped),
		bad("gzip-nested-lie", "gzip, gzip", "coded once, says twice", zipped),
		onHTTP(groupCoding, "gzip-garbage-behind", archived+"|"+noted, "decode-failed", "bytes behind the end of gzip", answer(codingHeader("gzip"), zipped+"garbage")),
		onHTTP(groupCoding, "gzip-empty", archived+"|"+noted, "decode-failed", "says gzip, is empty", answer(codingHeader("gzip"), "")),
		onHTTP(groupCoding, "deflate-raw", archived+"|"+noted, "decode-failed", "deflate without the zlib frame, as some servers send it",
			answer(codingHeader("deflate"), zlibbed(html)[2:len(zlibbed(html))-4])),
		onHTTP(groupCoding, "gzip-file", archived+"|"+noted, "decode-failed", "a .gz file, mislabelled as its own coding",
			answer("Content-Type: application/gzip\r\nContent-Encoding: gzip\r\n", zipped)),
	}
}

func codingHeader(coding string) string {
	return "Content-Type: text/html; charset=utf-8\r\nContent-Encoding: " + coding + "\r\n"
}
