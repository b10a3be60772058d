// Package linkhealth says how a source fares on the live web, and what that follows from: live, moved,
// drifted, soft404, gone, parked, blocked, unreachable or unknown.
//
// It works in two steps. [Read] says what an answer tells by itself: its text without what frames it, and
// Marks, each a thing that was seen and that speaks for one Health with a weight. [Judge] adds what only who
// sent the request knows: the way that led there, what a made-up neighbour of the address answers, who else
// ended there, how far the text is from what was cited. One weak sign is no verdict: weights are added up. What
// keeps us out is never taken for what is gone.
//
// [Compare] measures drift, [Strike] counts the days on which a source was found dead.
//
// What comes from a page is foreign. Work is bounded on any tree, nothing is changed in it, and values are
// valid UTF-8 without control characters and bounded in length. The package has no clock and no network.
package linkhealth
