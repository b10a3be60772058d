package scheduler_test

import (
	"testing"

	"github.com/ibid-archive/ibid/scheduler"
)

func TestNearestWins(t *testing.T) {
	type rule = scheduler.Rule
	none := rule{}
	daily, weekly, monthly := rule{Schedule: "@daily"}, rule{Schedule: "@weekly"}, rule{Schedule: "@monthly"}
	for _, test := range []struct {
		name               string
		global, collection rule
		documents          []rule
		seed               rule
		schedule, zone     string
		from               scheduler.Level
	}{
		{"nobody says anything", none, none, nil, none, "", "", ""},
		{"global", weekly, none, nil, none, "@weekly", "", scheduler.LevelGlobal},
		{"collection", weekly, daily, nil, none, "@daily", "", scheduler.LevelCollection},
		{"document", weekly, daily, []rule{monthly}, none, "@monthly", "", scheduler.LevelDocument},
		{"seed", weekly, daily, []rule{monthly}, rule{Schedule: "@hourly"}, "@hourly", "", scheduler.LevelSeed},
		{"a document that says nothing", weekly, daily, []rule{none}, none, "@daily", "", scheduler.LevelCollection},
		{"a zone alone", rule{"@weekly", "UTC"}, rule{Zone: "Asia/Manila"}, nil, none, "@weekly", "Asia/Manila", scheduler.LevelGlobal},
		{"a schedule from outside, a zone from near", weekly, none, nil, rule{Zone: "Asia/Manila"}, "@weekly", "Asia/Manila", scheduler.LevelGlobal},
		{"a schedule from near, a zone from outside", rule{Zone: "Asia/Manila"}, none, nil, daily, "@daily", "Asia/Manila", scheduler.LevelSeed},
		{"a zone in the schedule", none, rule{"CRON_TZ=Europe/Brussels @daily", ""}, nil, rule{Zone: "Asia/Manila"},
			"@daily", "Europe/Brussels", scheduler.LevelCollection},
		{"never from near", weekly, none, nil, rule{Schedule: scheduler.Never}, "never", "", scheduler.LevelSeed},
		{"never from outside", rule{Schedule: scheduler.Never}, weekly, nil, none, "@weekly", "", scheduler.LevelCollection},
		{"two documents, the one that wants more", weekly, none, []rule{monthly, daily}, none, "@daily", "", scheduler.LevelDocument},
		{"two documents, whatever their order", weekly, none, []rule{daily, monthly}, none, "@daily", "", scheduler.LevelDocument},
		{"two documents, one says nothing", weekly, none, []rule{monthly, none}, none, "@weekly", "", scheduler.LevelGlobal},
		{"two documents, one never", none, none, []rule{{Schedule: scheduler.Never}, monthly}, none, "@monthly", "", scheduler.LevelDocument},
		{"two documents, both never", weekly, none, []rule{{Schedule: "never"}, {Schedule: "never"}}, none, "never", "", scheduler.LevelDocument},
		{"two documents that want the same", none, none, []rule{{"@daily", "Asia/Manila"}, {"@daily", "Europe/Brussels"}}, none,
			"@daily", "Asia/Manila", scheduler.LevelDocument},
		{"two documents under a seed of its own", none, none, []rule{daily, monthly}, weekly, "@weekly", "", scheduler.LevelSeed},
		{"two documents, one cannot be read", none, none, []rule{{Schedule: "@dialy"}, monthly}, none, "@monthly", "", scheduler.LevelDocument},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := scheduler.Resolve(test.global, test.collection, test.documents, test.seed)
			if got.Schedule != test.schedule || got.Zone != test.zone || got.From != test.from {
				t.Errorf("%+v, want %q in %q from %q", got, test.schedule, test.zone, test.from)
			}
			if due := test.schedule != "" && test.schedule != "never"; got.Due() != due {
				t.Errorf("due: %v, want %v", got.Due(), due)
			}
		})
	}
}
