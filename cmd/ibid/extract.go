package main

import (
	"context"
	"errors"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/citation"
	"github.com/ibid-archive/ibid/internal/pdf"
	"github.com/ibid-archive/ibid/internal/pipeline"
)

type extractCmd struct {
	Documents []string `arg:"" name:"document" help:"Documents to read, or folders of them."`
}

func (e *extractCmd) Run(ctx context.Context, p *program) (err error) {
	reader := pdf.New(pdf.Options{})
	defer func() { err = errors.Join(err, reader.Close()) }()
	var worst error
	for _, named := range e.Documents {
		documents, err := pipeline.Expand(pipeline.Input(named), maxDocument)
		if err != nil {
			worst = worse(worst, p.complain(err))
		}
		for _, in := range documents {
			refused, err := p.extract(ctx, in, reader)
			if err != nil {
				return err
			}
			worst = worse(worst, refused)
		}
	}
	return worst
}

// extract prints the references of one document. refused is why it could not be read, which has been told; err is why the
// command cannot go on.
func (p *program) extract(ctx context.Context, in pipeline.Input, reader *pdf.Reader) (refused, err error) {
	if in.IsURI() {
		return p.complain(&ibid.Error{
			Kind: ibid.KindInput, Op: "extract", URI: string(in),
			Err: errors.New("extract reads files only and asks no network; ibid archive takes addresses"),
		}), nil
	}
	res, _, err := pipeline.Extract(ctx, string(in), maxDocument, citation.Options{PDF: reader})
	if err != nil {
		return p.complain(err), nil
	}
	return nil, p.printExtract(res)
}
