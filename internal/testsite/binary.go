package testsite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"path"
	"strconv"
	"strings"
)

// makeImage draws a picture of size "64x48", the same for the same path.
func makeImage(name, size string) ([]byte, error) {
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil || w < 1 || h < 1 || w > 2048 || h > 2048 {
		return nil, fmt.Errorf("%q is not a size from 1x1 to 2048x2048", size)
	}
	palette := color.Palette{color.White, color.RGBA{0x1b, 0x4f, 0x8a, 0xff}, color.RGBA{0xc8, 0xd8, 0xe8, 0xff}}
	img := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	step := 4 + len(name)%13
	for y := range h {
		for x := range w {
			img.SetColorIndex(x, y, uint8((x/step+y/step)%3)) //nolint:gosec // 0 to 2
		}
	}
	var out bytes.Buffer
	var err error
	switch strings.ToLower(path.Ext(name)) {
	case ".gif":
		err = gif.Encode(&out, img, nil)
	case ".jpg", ".jpeg":
		err = jpeg.Encode(&out, img, nil)
	case ".ico":
		return makeICO(img)
	case ".png":
		err = png.Encode(&out, img)
	default:
		err = errors.New("the name of a picture ends with .png, .gif, .jpg or .ico")
	}
	return out.Bytes(), err
}

// makeICO wraps one PNG in an icon directory, as Windows has read it since Vista.
func makeICO(img image.Image) ([]byte, error) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		return nil, err
	}
	size := img.Bounds().Size()
	if size.X > 255 || size.Y > 255 {
		return nil, errors.New("an icon is at most 255x255")
	}
	out := []byte{0, 0, 1, 0, 1, 0, byte(size.X), byte(size.Y), 0, 0, 1, 0, 32, 0}
	out = binary.LittleEndian.AppendUint32(out, uint32(picture.Len())) //nolint:gosec // far below 4 GiB
	out = binary.LittleEndian.AppendUint32(out, 22)
	return append(out, picture.Bytes()...), nil
}

// makeWOFF makes a WOFF 1.0 file (W3C, 4 and 5) with one stored table, enough to be known as a font.
func makeWOFF() []byte {
	table := []byte("ibid test font\x00\x00")
	const headerSize, entrySize = 44, 20
	total := uint32(headerSize + entrySize + len(table)) //nolint:gosec // 80
	out := []byte("wOFF\x00\x01\x00\x00")
	out = binary.BigEndian.AppendUint32(out, total)
	out = binary.BigEndian.AppendUint16(out, 1)             // tables
	out = binary.BigEndian.AppendUint16(out, 0)             // reserved
	out = binary.BigEndian.AppendUint32(out, 12+16+16)      // size unpacked
	out = append(out, make([]byte, headerSize-len(out))...) // version, metadata, private data: none
	out = append(out, "name"...)
	for _, v := range []uint32{headerSize + entrySize, 16, 16, 0} {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return append(out, table...)
}

// makeMP4 makes a film in form only: an ftyp box (ISO 14496-12, 4.3) and an mdat box of random bytes.
func makeMP4(args map[string]string) (body, error) {
	content, err := makeRandom(args)
	if err != nil {
		return body{}, err
	}
	if content.size > 1<<30 {
		return body{}, errors.New("a film is at most 1GB")
	}
	head := []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom")
	head = binary.BigEndian.AppendUint32(head, uint32(content.size)+8) //nolint:gosec // checked above
	head = append(head, "mdat"...)
	return body{size: int64(len(head)) + content.size, write: func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		return content.write(w)
	}}, nil
}

// makeRandom makes bytes that do not compress, the same for the same seed, without holding them.
func makeRandom(args map[string]string) (body, error) {
	size, err := parseSize(args[""])
	if err != nil {
		return body{}, err
	}
	var seed [32]byte
	copy(seed[:], args["seed"])
	return body{size: size, write: func(w io.Writer) error {
		_, err := io.CopyN(w, rand.NewChaCha8(seed), size)
		return err
	}}, nil
}

// parseSize reads "100", "64KB", "1MB" or "2GB"; the units are powers of 1024.
func parseSize(s string) (int64, error) {
	unit := int64(1)
	for i, suffix := range []string{"KB", "MB", "GB"} {
		if digits, ok := strings.CutSuffix(s, suffix); ok {
			s, unit = digits, 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a size such as 100, 64KB or 1MB", s)
	}
	return n * unit, nil
}
