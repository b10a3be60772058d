package ibid

import "time"

// Delivery is an Event on its way to one channel: a webhook, or the mail of one recipient.
type Delivery struct {
	Event Event
	// Attempts counts those that failed.
	Attempts int
}

// DeliveryResult is what became of one Delivery.
type DeliveryResult struct {
	// ID is that of the Event.
	ID string
	// Next is when it becomes due again. Zero: it is over, delivered or given up.
	Next time.Time
	// Err is what went wrong, in one line for people. Empty: nothing. A DeliveryResult with Err and Next counts as an
	// attempt that failed; one with Next alone is a Delivery that waits.
	Err string
}
