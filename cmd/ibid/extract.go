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
	Documents []string `arg:"" name:"document" help:"Documents to read."`
}

func (e *extractCmd) Run(ctx context.Context, p *program) (err error) {
	reader := pdf.New(pdf.Options{})
	defer func() { err = errors.Join(err, reader.Close()) }()
	var worst error
	for _, name := range e.Documents {
		if pipeline.Input(name).IsURI() {
			worst = worse(worst, p.complain(&ibid.Error{
				Kind: ibid.KindInput, Op: "extract", URI: name,
				Err: errors.New("extract reads files only and asks no network; ibid archive takes addresses"),
			}))
			continue
		}
		res, _, err := pipeline.Extract(ctx, name, maxDocument, citation.Options{PDF: reader})
		if err != nil {
			worst = worse(worst, p.complain(err))
			continue
		}
		if err := p.printExtract(res); err != nil {
			return err
		}
	}
	return worst
}
