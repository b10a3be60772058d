// Package scheduler says when a Seed is due. robfig/cron reads its expressions, and is known here and nowhere
// else; what it does about changes of the clock is mended here (robfig/cron#541).
//
// A [Schedule] is wall time in a time zone. [Schedule.Next] turns it into instants: a time that the clock skips
// is due once, right after the gap, and one that it shows twice is due once, the first time. [Resolve] finds
// the rule of a Seed among those of its Documents, its Collection and the whole installation. A [Planner]
// decides what becomes of a due time that has come: it is taken, or caught up, or on record as missed; and how
// much sooner or later than the schedule says the next look is worth it. It is a pure function of a Plan and an
// instant. The [Scheduler] is the loop around it: it asks its [Plans] for what is due, a batch at a time, and
// hands back how each moves on.
//
// Nothing is kept in memory between two ticks but parsed expressions, so neither the start nor a tick depends
// on how many Seeds there are. Any number of Schedulers may share one Plans: a Step is refused unless it was
// made from the Plan as it is now.
package scheduler
