package queue

import "context"

// Counts returns how many Tasks are in each state, those on record that are finished included.
func (q *Queue) Counts(ctx context.Context) (map[string]int64, error) {
	rows, err := q.o.DB.QueryContext(ctx, `SELECT state, count(*) FROM river_job WHERE queue IN ($1, $2) GROUP BY state`, q.o.Queue, q.o.Queue+asideSuffix)
	if err != nil {
		return nil, queueError("count the jobs", "", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err has said what there is to say
	counts := map[string]int64{}
	for rows.Next() {
		var state string
		var n int64
		if err := rows.Scan(&state, &n); err != nil {
			return nil, queueError("count the jobs", "", err)
		}
		counts[state] = n
	}
	if err := rows.Err(); err != nil {
		return nil, queueError("count the jobs", "", err)
	}
	return counts, nil
}

// Lost is how many Tasks this process had to leave to others since its start, because it could not renew their leases.
func (q *Queue) Lost() int64 {
	if q.lease == nil {
		return 0
	}
	q.lease.mu.Lock()
	defer q.lease.mu.Unlock()
	return q.lease.lost
}
