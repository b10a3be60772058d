package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ibid-archive/ibid"
)

// SaveOrder is a source to keep, as clients of Save Page Now 2 ask for it.
type SaveOrder struct {
	URI, Collection string
	// All takes an error page for what was wanted as well.
	All bool
	// Within is how old what is held may be for nothing to be captured; 0: it is captured in any case.
	Within time.Duration
}

// Saved is what became of a SaveOrder, as Save Page Now 2 says it.
type Saved struct {
	JobID    string `json:"job_id"`
	Status   string `json:"status"`
	URL      string `json:"url,omitempty"`
	Original string `json:"original_url,omitempty"`
	// Timestamp has 14 digits.
	Timestamp  string   `json:"timestamp,omitempty"`
	HTTPStatus int      `json:"http_status,omitempty"`
	Seconds    float64  `json:"duration_sec,omitempty"`
	Resources  []string `json:"resources"`
	// Extended is "error:" and a word when Status is "error".
	Extended string `json:"status_ext,omitempty"`
	Message  string `json:"message,omitempty"`
}

// save takes a form with url and, of what else clients send, capture_all, if_not_archived_within and collection, which is ours.
// Other parameters are passed over: requisites are always taken, outlinks and screenshots never.
func (s *server) save(w http.ResponseWriter, r *http.Request) {
	o, err := saveOrder(w, r)
	if err == nil {
		var saved Saved
		if saved, err = s.API.Save(r.Context(), o); err == nil {
			s.json(w, r, http.StatusOK, saved)
			return
		}
	}
	s.fail(w, r, err)
}

func saveOrder(w http.ResponseWriter, r *http.Request) (o SaveOrder, err error) {
	form, err := fieldsOf(w, r)
	if err != nil {
		return o, err
	}
	o = SaveOrder{URI: strings.TrimSpace(form.Get("url")), Collection: form.Get("collection"), All: form.Get("capture_all") == "1" || form.Get("capture_all") == "on"}
	if len(o.Collection) > maxName || !storable(o.Collection) {
		return o, badInput("collection", "no name is like this")
	}
	if text := form.Get("if_not_archived_within"); text != "" {
		if o.Within, err = ageOf(text); err != nil {
			return o, badInput("if_not_archived_within", `it is a length of time: "30d", "12h", "90m", or seconds`)
		}
	}
	return o, checkAddress(o.URI)
}

// ageOf reads "3d 5h 20m", "30d" or "120": seconds. Of two with a comma, the first is for the page and the second for
// outlinks.
func ageOf(text string) (time.Duration, error) {
	text, _, _ = strings.Cut(text, ",")
	if len(text) > 32 {
		return 0, errors.New("too long")
	}
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, nil
	}
	units := map[byte]time.Duration{'d': 24 * time.Hour, 'h': time.Hour, 'm': time.Minute, 's': time.Second}
	var sum time.Duration
	for part := range strings.FieldsSeq(text) {
		n, err := strconv.ParseUint(part[:len(part)-1], 10, 16)
		unit := units[part[len(part)-1]]
		if err != nil || unit == 0 {
			return 0, errors.New("no length of time")
		}
		sum += time.Duration(n) * unit //nolint:gosec // 16 bits
	}
	if sum == 0 {
		return 0, errors.New("no length of time")
	}
	return sum, nil
}

// saved says what became of a source.
func (s *server) saved(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	saved, err := s.API.Saved(r.Context(), q.ID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.json(w, r, http.StatusOK, saved)
}

// Names of what can come of a SaveOrder.
const (
	SavePending = "pending"
	SaveSuccess = "success"
	SaveError   = "error"
)

// SaveProblem is the word of Save Page Now for what kept a source from being saved. Clients know which to try again.
func SaveProblem(class ibid.Class, status int) string {
	switch {
	case class == ibid.ClassDNS:
		return "error:invalid-host-resolution"
	case class == ibid.ClassAddressRefused || class == ibid.ClassRobotsDenied:
		return "error:blocked-url"
	case strings.HasPrefix(string(class), "timeout"), class == ibid.ClassLimitTime:
		return "error:soft-time-limit-exceeded"
	case class != "":
		return "error:proxy-error"
	case status == http.StatusNotFound:
		return "error:not-found"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return "error:no-access"
	case status == http.StatusTooManyRequests:
		return "error:too-many-requests"
	case status >= http.StatusInternalServerError:
		return "error:bad-gateway"
	}
	return "error:capture-location-error"
}
