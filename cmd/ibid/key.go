package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/archive/wacz"
	"github.com/ibid-archive/ibid/configs"
	"github.com/ibid-archive/ibid/internal/report"
)

type keyCmd struct {
	Init   keyInitCmd   `cmd:"" help:"Make the key that signs exports."`
	Show   keyShowCmd   `cmd:"" help:"Its name and its public half: what others verify exports with."`
	Rotate keyRotateCmd `cmd:"" help:"Make a new key. The old one signs nothing any more; what it has signed stays known as ours."`
}

type (
	keyInitCmd   struct{}
	keyShowCmd   struct{}
	keyRotateCmd struct{}
)

// keyFile is where the signing key lies. The public halves of all keys that were there lie beside it.
type keyFile string

func keyFileOf(c configs.Config) keyFile {
	if c.Signing.Key != "" {
		return keyFile(c.Signing.Key)
	}
	return keyFile(filepath.Join(localDir(c), "keys", "signing.pem"))
}

func (k keyFile) publics() string { return string(k) + ".pub" }

func (k keyFile) fail(op string, err error) error {
	return &ibid.Error{Kind: ibid.KindStorage, Op: op, URI: string(k), Err: err}
}

const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// read returns the key; os.ErrNotExist is found in the error when there is none.
func (k keyFile) read() (*ecdsa.PrivateKey, error) {
	b, err := os.ReadFile(string(k))
	if err != nil {
		return nil, k.fail("read the key", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != privateBlock {
		return nil, k.fail("read the key", errors.New("it holds no private key in PEM form"))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, k.fail("read the key", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, k.fail("read the key", errors.New("it is of another kind than ECDSA"))
	}
	return key, nil
}

// make makes the key, where none is, and puts its public half to the others. Of two at once, one finds it there.
func (k keyFile) make() (*ecdsa.PrivateKey, error) {
	const op = "make the key"
	key, err := wacz.NewKey()
	if err != nil {
		return nil, k.fail(op, err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, k.fail(op, err)
	}
	public, err := publicPEM(&key.PublicKey)
	if err != nil {
		return nil, k.fail(op, err)
	}
	if err := os.MkdirAll(filepath.Dir(string(k)), 0o700); err != nil {
		return nil, k.fail(op, err)
	}
	// The public half first: a key that signs is always one that is known.
	if err := appendTo(k.publics(), os.O_APPEND, 0o644, public); err != nil {
		return nil, k.fail(op, err)
	}
	if err := k.put(pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: private})); err != nil {
		return nil, k.fail(op, err)
	}
	return key, nil
}

// put writes the file, where none is, all of it or nothing: what is half written has another name.
func (k keyFile) put(b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(string(k)), filepath.Base(string(k))+".*.tmp") // for us alone to read
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		if err = os.Link(f.Name(), string(k)); err != nil && !errors.Is(err, os.ErrExist) { // a disk without links
			err = appendTo(string(k), os.O_EXCL, 0o600, b)
		}
	}
	return errors.Join(err, os.Remove(f.Name()))
}

// appendTo writes b to the end of a file, and to the disk.
func appendTo(name string, how int, mode os.FileMode, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|how, mode) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func publicPEM(pub *ecdsa.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der}), nil
}

// ours says whether a key of that name signs here, or did.
func (k keyFile) ours(name ibid.Digest) bool {
	b, err := os.ReadFile(k.publics())
	if err != nil {
		return false
	}
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			return false
		}
		if block.Type == publicBlock && ibid.DigestOf(block.Bytes) == name {
			return true
		}
	}
}

// signingKey is the key for an export. The first export makes it.
func (p *program) signingKey(c configs.Config) (*ecdsa.PrivateKey, error) {
	k := keyFileOf(c)
	key, err := k.read()
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	if key, err = k.make(); err != nil {
		return nil, fmt.Errorf("%w; --unsigned exports without a signature", err)
	}
	p.notice("made the key that signs exports: %s; keep a copy of it", string(k))
	return key, nil
}

// Run makes the key, and begins the custody log with what is held.
func (keyInitCmd) Run(ctx context.Context, p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	held := storeThere(c) == nil // before the key makes its folder
	k := keyFileOf(c)
	if _, err := os.Stat(string(k)); err == nil {
		return &ibid.Error{Kind: ibid.KindInput, Op: "make the key", URI: string(k), Err: errors.New("there is one already: ibid key show, ibid key rotate")}
	}
	key, err := k.make()
	if err != nil {
		return err
	}
	if held {
		p.beginLog(ctx, c)
	}
	return p.printKey(k, key)
}

// beginLog adds to the custody log what is held, if no other process has the store.
func (p *program) beginLog(ctx context.Context, c configs.Config) {
	h, err := p.open(ctx, c, toWrite)
	if err != nil {
		p.notice("the custody log begins with the next ibid archive, or within the hour in ibid serve: %v", err)
		return
	}
	p.logNow(ctx, h)
	if err := h.close(); err != nil {
		p.log.Warn("the store was not closed well", "error", err)
	}
}

func (keyShowCmd) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	k := keyFileOf(c)
	key, err := k.read()
	if errors.Is(err, os.ErrNotExist) {
		return &ibid.Error{Kind: ibid.KindNotFound, Op: "read the key", URI: string(k), Err: errors.New("there is none yet: ibid key init makes it")}
	}
	if err != nil {
		return err
	}
	return p.printKey(k, key)
}

// Run puts a new key in the place of the old one, whose private half is gone then.
func (keyRotateCmd) Run(ctx context.Context, p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	k := keyFileOf(c)
	if _, err := k.read(); err != nil {
		return err
	}
	next := k + ".new"
	if err := os.Remove(string(next)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return k.fail("change the key", err)
	}
	key, err := next.make()
	if err != nil {
		return err
	}
	// The log first: the old key vouches for the new one while it is there. Until the file has its name the old one signs.
	if err := p.handOver(ctx, k, next); err != nil {
		return err
	}
	public, err := publicPEM(&key.PublicKey)
	if err == nil {
		err = errors.Join(appendTo(k.publics(), os.O_APPEND, 0o644, public), os.Remove(next.publics()))
	}
	if err == nil {
		err = os.Rename(string(next), string(k))
	}
	if err != nil {
		return k.fail("change the key", err)
	}
	return p.printKey(k, key)
}

func (p *program) printKey(k keyFile, key *ecdsa.PrivateKey) error {
	name, err := wacz.Fingerprint(&key.PublicKey)
	if err != nil {
		return k.fail("read the key", err)
	}
	public, err := publicPEM(&key.PublicKey)
	if err != nil {
		return k.fail("read the key", err)
	}
	if p.flags.JSON {
		return p.printJSON(struct {
			Key    ibid.Digest `json:"key"`
			Public string      `json:"public"`
			File   string      `json:"file"`
		}{name, string(public), string(k)})
	}
	_, err = fmt.Fprintf(p.stdout, "key %s\n in %s\n%s", name, report.Plain(string(k)), public)
	return err
}
