package mem_test

import (
	"testing"

	"github.com/ibid-archive/ibid/archive/blob"
	"github.com/ibid-archive/ibid/archive/blob/blobtest"
	"github.com/ibid-archive/ibid/archive/blob/mem"
)

func TestStore(t *testing.T) {
	blobtest.Run(t, func(*testing.T) blob.Store { return mem.New() })
}
