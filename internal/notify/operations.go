package notify

import (
	"fmt"
	"strconv"
	"time"

	"github.com/ibid-archive/ibid"
)

// JobFailing is the Event of a Job that failed attempts times, at last with err. It is told once a Job.
func JobFailing(job ibid.Job, attempts int, when time.Time, err error) ibid.Event {
	return ibid.Event{
		ID: ibid.EventID(ibid.JobFailing, job.ID), Kind: ibid.JobFailing, When: when.UTC(), Collection: job.Collection,
		Text: oneLine(fmt.Sprintf("the work for %s failed %d times: %v", job.Host, attempts, err), maxText),
	}
}

// AuditDamage is the Event of an audit that found damage: how many findings there are, and what the first says.
// key is that of the audit's object in the store.
func AuditDamage(collection, key string, findings int, first string, when time.Time) ibid.Event {
	text := "an audit found damage in one place: " + first
	if findings != 1 {
		text = fmt.Sprintf("an audit found damage in %d places; the first: %s", findings, first)
	}
	return ibid.Event{
		ID: ibid.EventID(ibid.AuditDamage, key), Kind: ibid.AuditDamage, When: when.UTC(), Collection: collection,
		Text: oneLine(text, maxText), Evidence: key,
	}
}

// SpoolFull is the Event of a spool that has held its limit, in bytes, since that moment. machine tells apart the
// spools of several machines.
func SpoolFull(machine string, since time.Time, limit int64) ibid.Event {
	return ibid.Event{
		ID: ibid.EventID(ibid.SpoolFull, machine, stamp(since)), Kind: ibid.SpoolFull, When: since.UTC(),
		Text: oneLine(fmt.Sprintf("the store cannot be written to and the spool of %s is full (%s bytes): captures wait",
			machine, strconv.FormatInt(limit, 10)), maxText),
	}
}

// SpoolDrained is the Event of a spool that was full since that moment and is now empty.
func SpoolDrained(machine string, since, when time.Time) ibid.Event {
	return ibid.Event{
		ID: ibid.EventID(ibid.SpoolDrained, machine, stamp(since)), Kind: ibid.SpoolDrained, When: when.UTC(),
		Text: oneLine(fmt.Sprintf("everything in the spool of %s is in the store again, %v after it was full",
			machine, when.Sub(since).Round(time.Second)), maxText),
	}
}

func stamp(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }
