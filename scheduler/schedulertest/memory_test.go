package schedulertest_test

import (
	"testing"

	"github.com/ibid-archive/ibid/scheduler/schedulertest"
)

func TestMemory(t *testing.T) {
	schedulertest.Run(t, func(*testing.T) schedulertest.Harness { return schedulertest.NewMemory().Harness() })
}
