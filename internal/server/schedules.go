package server

import (
	"net/http"
	"net/url"
)

// scheduleList is a page of Plans, with what whoever asks may do about each.
type scheduleList struct {
	List  []movablePlan
	Total int
	Pager pager
}

// movablePlan is a Plan, and what can be done with it.
type movablePlan struct {
	Plan
	Actions []ScheduleAction
}

func (s *server) schedules(r *http.Request) (answer, error) {
	p, err := pageOf(r, plansAPage)
	if err != nil {
		return answer{}, err
	}
	found, err := s.Pages.Schedules(r.Context(), p.part())
	if p.Total = found.Total; err == nil {
		err = p.check(r)
	}
	list := scheduleList{Total: found.Total, Pager: p}
	may := map[string]bool{}
	for _, plan := range found.List {
		if _, asked := may[plan.Collection]; !asked {
			may[plan.Collection] = s.API != nil && s.API.May(r.Context(), plan.Collection) == nil
		}
		m := movablePlan{Plan: plan}
		if may[plan.Collection] && checkAddress(plan.URI) == nil {
			m.Actions = plan.actions()
		}
		list.List = append(list.List, m)
	}
	return answer{page: "schedules", nav: "schedules", data: list}, err
}

// actions are what can be done with p.
func (p Plan) actions() []ScheduleAction {
	switch {
	case p.Paused:
		return []ScheduleAction{ScheduleResume}
	case p.Running:
		return []ScheduleAction{SchedulePause}
	}
	return []ScheduleAction{ScheduleRun, SchedulePause}
}

// moved does with the schedule of a source what was asked, and leads back to the list.
func (s *server) moved(w http.ResponseWriter, r *http.Request, form url.Values) error {
	collection, uri, action := form.Get("collection"), form.Get("uri"), ScheduleAction(form.Get("action"))
	if err := s.API.May(r.Context(), collection); err != nil {
		return err
	}
	switch action {
	case ScheduleRun, SchedulePause, ScheduleResume:
	default:
		return badInput("the form", "it does not say what to do with the schedule")
	}
	if err := checkAddress(uri); err != nil {
		return err
	}
	if _, err := s.API.Schedule(r.Context(), action, collection, uri); err != nil { // the list says what has changed
		return err
	}
	seeOther(w, localPath(form.Get("to")))
	return nil
}
