package citation

import (
	"testing"

	ibid "github.com/ibid-archive/ibid"
)

func TestDateAt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		order  dateOrder
		want   ibid.Date
		length int
	}{
		{"2009", ambiguous, "2009", 4},
		{"2009-06", ambiguous, "2009-06", 7},
		{"2009-06-04t10:00", ambiguous, "2009-06-04", 10},
		{"2009/6/4", ambiguous, "2009-06-04", 8},
		{"2009.06.04", ambiguous, "2009-06-04", 10},
		{"2009-13-04", ambiguous, "2009", 4},
		{"2009/10", ambiguous, "2009", 4},
		{"2009 june 4", ambiguous, "2009-06-04", 11},
		{"2009, june", ambiguous, "2009-06", 10},
		{"2009年6月4日", ambiguous, "2009-06-04", 15},
		{"2009年6月", ambiguous, "2009-06", 11},
		{"2009년 6월 4일", ambiguous, "2009-06-04", 17},
		{"4 june 2009", ambiguous, "2009-06-04", 11},
		{"4th of june, 2009", ambiguous, "2009-06-04", 17},
		{"4-5 june 2009", ambiguous, "2009-06-04", 13},
		{"28 june – 2 july 2009", ambiguous, "2009-06-28", 23},
		{"june 4, 2009", ambiguous, "2009-06-04", 12},
		{"june 4-5, 2009", ambiguous, "2009-06-04", 14},
		{"june 2009", ambiguous, "2009-06", 9},
		{"4. juni 2009", dayFirst, "2009-06-04", 12},
		{"4 de junio de 2009", dayFirst, "2009-06-04", 18},
		{"1er juin 2009", dayFirst, "2009-06-01", 13},
		{"4 июня 2009", dayFirst, "2009-06-04", 15},
		{"04.06.2009", ambiguous, "2009-06-04", 10},
		{"4. 6. 2009", ambiguous, "2009-06-04", 10},
		{"04/06/2009", dayFirst, "2009-06-04", 10},
		{"04/06/2009", ambiguous, "2009", 10},
		{"06/06/2009", ambiguous, "2009-06-06", 10},
		{"06/14/2009", ambiguous, "2009-06-14", 10},
		{"14/06/2009", ambiguous, "2009-06-14", 10},
		{"31.06.2009", ambiguous, "", 0},
		{"30 february 2009", ambiguous, "", 0},
		{"0999", ambiguous, "", 0},
		{"12345", ambiguous, "", 0},
		{"4 june", ambiguous, "", 0},
		{"june", ambiguous, "", 0},
		{"junebug 2009", ambiguous, "", 0},
		{"", ambiguous, "", 0},
	}
	for _, tt := range tests {
		got, length := dateAt(tt.text, tt.order)
		if got != tt.want || length != tt.length {
			t.Errorf("dateAt(%q) = %q, %d; want %q, %d", tt.text, got, length, tt.want, tt.length)
		}
	}
}

func TestHeadingDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want ibid.Date
	}{
		{"Meeting of the Rivers\nLyon, France, 4-5 June 2009", "2009-06-04"},
		{"Version of June 2009", "2009-06"},
		{"Report for 2009", ""},
		{"On 4 June 2009 it rained.", ""},
		{"The river", ""},
	}
	for _, tt := range tests {
		if got := headingDate(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
