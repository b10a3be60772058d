package queue

import (
	"context"
	"fmt"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// bell tells River in the same process that there may be a new Task. Without it River asks SQLite: fast
// enough to matter is 4 % of a core for nothing, slow enough to be free is a pause after each slice.
type bell struct {
	queue string
	rung  chan struct{} // holds one: ringing twice before it is heard is ringing once
}

func newBell(queue string) *bell { return &bell{queue: queue, rung: make(chan struct{}, 1)} }

func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// driver is River's for SQLite, with the bell in the place of the table of notices that it polls.
type driver struct {
	*riversqlite.Driver
	bell *bell
}

// GetListener returns the bell.
func (d driver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener { return d.bell }

// SupportsListenNotify says that nothing is to be written into the table of notices: no one reads it.
func (d driver) SupportsListenNotify() bool { return false }

// WaitForNotification returns when the bell was rung.
func (b *bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-b.rung:
		return &riverdriver.Notification{Topic: "river_insert", Payload: fmt.Sprintf(`{"queue":%q}`, b.queue)}, nil
	}
}

// Close has nothing to close.
func (b *bell) Close(context.Context) error { return nil }

// Connect has nowhere to go.
func (b *bell) Connect(context.Context) error { return nil }

// Listen and Unlisten make no difference: there is one topic, and who does not listen is not told.
func (b *bell) Listen(context.Context, string) error { return nil }

// Unlisten is as Listen.
func (b *bell) Unlisten(context.Context, string) error { return nil }

// Ping always works.
func (b *bell) Ping(context.Context) error { return nil }

// Schema is PostgreSQL's; there is none.
func (b *bell) Schema() string { return "" }

// SetAfterConnectExec is for River's own tests.
func (b *bell) SetAfterConnectExec(string) {}
