package queue_test

import (
	"context"
	"testing"

	"github.com/ibid-archive/ibid/internal/catalog/catalogtest"
	"github.com/ibid-archive/ibid/internal/queue"
)

func TestRescuesKeepNobodyWaiting(t *testing.T) { catalogtest.Each(t, testRescuesKeepNobodyWaiting) }

// A rescue waits for its archive, for as long as it takes; the same host is captured meanwhile, by the same few workers.
func testRescuesKeepNobodyWaiting(t *testing.T, e catalogtest.Engine) {
	c := database(t, e)
	waits, captured := make(chan struct{}), make(chan struct{})
	q := openKinds(t, c, queue.Options{Workers: 1, Aside: 1}, map[queue.Kind]queue.Work{
		queue.Rescue: {Do: func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
			close(waits)
			<-captured
			return completeIn(ctx, c, h, false)
		}},
		queue.Capture: {Do: func(ctx context.Context, _ queue.Task, h *queue.Hold) error {
			<-waits
			close(captured)
			return completeIn(ctx, c, h, false)
		}},
	})
	start(t, q)
	enqueue(t, q, queue.Task{Kind: queue.Rescue, Run: "r1", Collection: "default", Host: "a.example"})
	enqueue(t, q, queue.Task{Kind: queue.Capture, Run: "r2", Collection: "default", Host: "a.example"})
	idle(t, q, "r1")
	idle(t, q, "r2")
}
