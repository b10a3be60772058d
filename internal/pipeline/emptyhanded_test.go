package pipeline

import (
	"testing"

	"github.com/ibid-archive/ibid"
	"github.com/ibid-archive/ibid/internal/rescue"
)

func TestWhyNothingWasFound(t *testing.T) {
	none, some := ibid.Holding{Archive: "none"}, ibid.Holding{Archive: "some", Mementos: 2}
	away, closed := ibid.Holding{Archive: "away", Problem: "fails with status 503"}, ibid.Holding{Archive: "closed", Problem: "keeps it from us"}
	tests := []struct {
		name  string
		found rescue.Found
		class ibid.Class
		why   string
	}{
		{"nobody has it", rescue.Found{Holdings: []ibid.Holding{none, none}}, ibid.ClassNotHeld, "no archive that was asked has it (2 asked)"},
		{"what is held is something else", rescue.Found{Holdings: []ibid.Holding{some}}, ibid.ClassNotHeld, "no archive that was asked has it (1 asked)"},
		{"one is away", rescue.Found{Holdings: []ibid.Holding{none, away}, Incomplete: true}, ibid.ClassNotHeld,
			"no archive that answered has it (1 of 2 answered; the others are asked again later)"},
		{"one answers nonsense", rescue.Found{Holdings: []ibid.Holding{none, away}}, ibid.ClassNotHeld, "no archive that answered has it (1 of 2 answered)"},
		{"all are away", rescue.Found{Holdings: []ibid.Holding{away, away}, Incomplete: true}, ibid.ClassArchivesAway,
			"no other archive could be asked; they are asked again later"},
		{"all answer nonsense", rescue.Found{Holdings: []ibid.Holding{away}}, ibid.ClassArchivesAway, "no other archive could say whether it has it (1 asked)"},
		{"it is listed and not given", rescue.Found{Holdings: []ibid.Holding{none, some}, Incomplete: true}, ibid.ClassArchivesAway,
			"the captures that are listed could not be had; they are asked for again later"},
		{"the only one keeps it from us", rescue.Found{Holdings: []ibid.Holding{closed}, Excluded: []ibid.Origin{"closed"}}, ibid.ClassNotHeld,
			"no archive that was asked has it (1 asked)"},
		{"there is none", rescue.Found{}, ibid.ClassNotHeld, "no archive that was asked has it (0 asked)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if class, why := emptyHanded(&tt.found); class != tt.class || why != tt.why {
				t.Errorf("%s: %s", class, why)
			}
		})
	}
}
