package notify_test

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ibid-archive/ibid/internal/notify"
	"github.com/ibid-archive/ibid/internal/notify/notifytest"
	"github.com/ibid-archive/ibid/internal/notify/smtpsink"
)

// inMemory is how mail gets to sink in virtual time.
func inMemory(t *testing.T, sink *smtpsink.Sink, pace notify.Pace) notify.MailOptions {
	t.Helper()
	return notify.MailOptions{
		From: "ibid@example.org", To: "a@example.org", Server: "127.0.0.1:25", Security: notify.SecuritySTARTTLS, Pace: pace,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go sink.Serve(far)
			return near, nil
		},
	}
}

func TestDigestsGoOutAtTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, o := smtpsink.New(t, smtpsink.Options{}), notifytest.NewMemory()
		m := newMail(t, inMemory(t, sink, notify.Pace{Minute: 7 * 60}))
		n, stop := run(t, o, m) // virtual time begins at midnight UTC
		synctest.Wait()
		add(t, o, fresh(1)...)
		n.Wake()
		time.Sleep(5 * time.Hour) //nolint:forbidigo // in a synctest bubble
		add(t, o, fresh(2, 3)...)
		n.Wake()
		time.Sleep(2*time.Hour - time.Minute) //nolint:forbidigo // in a synctest bubble
		if got := len(sink.Messages()); got != 0 {
			t.Errorf("%d digests before seven", got)
		}
		time.Sleep(2 * time.Minute) //nolint:forbidigo // in a synctest bubble
		if got := len(sink.Messages()); got != 1 {
			t.Errorf("%d digests at seven", got)
		}
		add(t, o, fresh(4)...)
		time.Sleep(12 * time.Hour) //nolint:forbidigo // in a synctest bubble
		stop()                     // and the time of the next one passes
		time.Sleep(12 * time.Hour) //nolint:forbidigo // in a synctest bubble
		_, stop = run(t, o, m)
		synctest.Wait()
		stop()
		if got := len(sink.Messages()); got != 2 {
			t.Errorf("%d digests in all", got)
		}
	})
}

func TestAMailServerThatIsDownForHoursGetsOneDigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, o := smtpsink.New(t, smtpsink.Options{}), notifytest.NewMemory()
		options := inMemory(t, sink, notify.Pace{Every: 10 * time.Minute})
		reach, back := options.Dial, time.Now().Add(6*time.Hour)
		options.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if time.Now().Before(back) {
				return nil, errSome
			}
			return reach(ctx, network, addr)
		}
		run(t, o, newMail(t, options))
		synctest.Wait()
		add(t, o, fresh(1, 2, 3)...)
		time.Sleep(8 * time.Hour) //nolint:forbidigo // in a synctest bubble
		if got := sink.Messages(); len(got) != 1 {
			t.Errorf("%d digests", len(got))
		}
	})
}

func TestAMailServerThatSaysNothingHoldsNoOneUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var far net.Conn
		o := inMemory(t, nil, notify.Pace{Every: time.Minute})
		o.Dial = func(context.Context, string, string) (near net.Conn, err error) {
			near, far = net.Pipe()
			return near, nil
		}
		began := time.Now()
		if err := send(t, newMail(t, o), notifytest.Event(1)); err == "" || time.Since(began) != 2*time.Minute {
			t.Errorf("%q after %v", err, time.Since(began))
		}
		_ = far.Close()
	})
}
