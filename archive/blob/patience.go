package blob

import "context"

type patienceKey struct{}

// Patient returns a context of work for which nobody waits: a Store that is away is asked on its behalf until it is back,
// or ctx ends. Otherwise only what puts is so patient, and what reads is given up after a while.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patienceKey{}, true) }

// Impatient takes back what [Patient] says: for what can be had elsewhere, or left for later.
func Impatient(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, false)
}

// IsPatient says whether ctx comes from [Patient].
func IsPatient(ctx context.Context) bool {
	patient, _ := ctx.Value(patienceKey{}).(bool)
	return patient
}
