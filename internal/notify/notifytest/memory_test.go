package notifytest_test

import (
	"testing"

	"github.com/ibid-archive/ibid/internal/notify/notifytest"
)

func TestMemory(t *testing.T) {
	notifytest.Run(t, func(*testing.T) notifytest.Store { return notifytest.NewMemory() })
}
