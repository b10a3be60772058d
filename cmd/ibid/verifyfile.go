package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/internal/report"
)

// checked is a package as it was found.
type checked struct {
	file    *os.File
	reader  *wacz.Reader // nil for what is no package
	own     *ownPackage  // nil for a package that no Ibid made
	custody *inCustody   // nil for a package without proofs that hold
	wacz.Verified
	findings []*wacz.Finding
}

// isBroken says whether the package is not what its maker closed.
func (c *checked) isBroken() bool {
	for _, f := range c.findings {
		if f.Broken() {
			return true
		}
	}
	return false
}

// check reads all of a package. The caller closes the file.
func (p *program) check(ctx context.Context, name string) (_ *checked, err error) {
	bad := func(err error) error {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return &ibid.Error{Kind: ibid.KindInput, Op: "read", URI: name, Err: err}
	}
	trust, err := p.trusted()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return nil, bad(err)
	}
	c := &checked{file: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, bad(err)
	}
	if info.IsDir() {
		return nil, bad(errors.New("it is a directory"))
	}
	report := func(f *wacz.Finding) { c.findings = append(c.findings, f) }
	c.reader, err = wacz.Open(f, info.Size(), report)
	if err != nil {
		return c, unlessFinding(err, bad)
	}
	if c.Verified, err = c.reader.Verify(ctx, trust, report); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, bad(err)
	}
	c.readOwn()
	return c, c.readCustody(ctx)
}

// unlessFinding passes on what is not a finding: those have been reported.
func unlessFinding(err error, bad func(error) error) error {
	var f *wacz.Finding
	if errors.As(err, &f) {
		return nil
	}
	return bad(err)
}

// readOwn reads what an Ibid says of the package, and holds the signature against it.
func (c *checked) readOwn() {
	b, ok := c.reader.Package.Extra[ownMember]
	if !ok {
		return
	}
	own := &ownPackage{}
	if err := json.Unmarshal(b, own); err != nil || own.Format != ownFormat {
		return // of a later Ibid: to this one it is a package like any other
	}
	c.own = own
	signed := ibid.Digest("")
	if c.Signature != nil {
		signed = c.Signature.Key
	}
	if own.Signer == signed || own.Signer == "" && c.Signature == nil {
		return
	}
	text := fmt.Sprintf("the package says that %s signs it, and there is no good signature of that key", own.Signer)
	if own.Signer == "" {
		text = "the package says that nobody signs it"
	}
	c.findings = append(c.findings, &wacz.Finding{Code: string(wacz.CodeSigner), Text: text})
}

// verifyFile verifies one package. It needs no store and no network.
func (p *program) verifyFile(ctx context.Context, name string) error {
	c, err := p.check(ctx, name)
	if err != nil {
		return err
	}
	defer c.file.Close() //nolint:errcheck // only read from
	if p.flags.JSON {
		err = p.printJSON(struct {
			File string `json:"file"`
			wacz.Verified
			Custody  *inCustody      `json:"custody,omitempty"`
			Findings []*wacz.Finding `json:"findings"`
		}{name, c.Verified, c.custody, append([]*wacz.Finding{}, c.findings...)})
	} else {
		err = p.printVerified(name, c)
	}
	if err == nil && len(c.findings) > 0 {
		return errDamaged
	}
	return err
}

func (p *program) printVerified(name string, c *checked) error {
	for _, f := range c.findings {
		fmt.Fprintln(p.stdout, report.Plain(f.Error()))
	}
	verdict := "every byte is as it was packed"
	if n := len(c.findings); n > 0 {
		verdict = report.Count(n, "finding") + namedAbove
	}
	_, err := fmt.Fprintf(p.stdout, "verified %s: %s, %s, %s, %s, %s: %s\n %s\n %s\n", report.Plain(name), report.Count(c.Files, "file"),
		report.Count(c.Records, "record"), report.Count(c.Captures, "capture"), report.Count(c.Pages, "page"), sizeWords(c.Bytes), verdict, p.signedWords(c.Signature), c.custody.words(c.Captures))
	return err
}

// signedWords says who signed a package, as far as that is known here.
func (p *program) signedWords(s *wacz.Signature) string {
	switch {
	case s == nil:
		return "no good signature: anyone may have made it"
	case s.Domain != "":
		known := "authorities that are known here vouch for the certificates"
		if !s.Known {
			known = "and nobody known here vouches for it (signing.roots_file)"
		}
		return fmt.Sprintf("signed on %s for the domain %s, time stamped on %s; %s", report.Plain(s.Created), report.Plain(s.Domain),
			s.Stamped.UTC().Format(time.RFC3339), known)
	}
	whose := "which is not one of this archive"
	if c, err := p.config(); err == nil && keyFileOf(c).ours(s.Key) {
		whose = "which is one of this archive"
	}
	return fmt.Sprintf("signed on %s with the key %s, %s", report.Plain(s.Created), s.Key, whose)
}
