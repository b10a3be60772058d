package scheduler

import (
	"fmt"
	"strconv"
	"strings"
)

// field is one field of an expression.
type field struct {
	name     string
	min, max int
	// names stand for min, min+1 and so on.
	names []string
}

// theFields are the fields of an expression with seconds, in their order.
func theFields() []field {
	months := strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")
	days := strings.Fields("sun mon tue wed thu fri sat")
	return []field{
		{"second", 0, 59, nil},
		{"minute", 0, 59, nil},
		{"hour", 0, 23, nil},
		{"day of the month", 1, 31, nil},
		{"month", 1, 12, months},
		{"day of the week", 0, 6, days},
	}
}

// descriptors are the expressions that are one word.
func descriptors() []string {
	return strings.Fields("@hourly @daily @midnight @weekly @monthly @yearly @annually @every")
}

// wrongError is what is wrong with an expression, and a better one if there is a likely one.
type wrongError struct {
	what, better string
}

func (e *wrongError) Error() string {
	if e.better == "" {
		return e.what
	}
	return fmt.Sprintf("%s: did you mean %q?", e.what, e.better)
}

// normal checks an expression field by field, for errors that name the field, and writes it as the parser
// wants it: Sunday is 0 and never 7.
func normal(text string) (string, error) {
	if strings.HasPrefix(text, "@") {
		return descriptor(text)
	}
	given := strings.Split(text, " ")
	known := theFields()
	if len(given) == len(known)-1 {
		known = known[1:]
	}
	if len(given) != len(known) {
		return "", wrongNumber(text, given)
	}
	out := make([]string, len(given))
	for i, f := range known {
		normal, wrong := f.normal(given[i])
		if wrong != nil {
			if wrong.better != "" {
				wrong.better = strings.Join(append(append(given[:i:i], wrong.better), given[i+1:]...), " ")
			}
			return "", wrong
		}
		out[i] = normal
	}
	return strings.Join(out, " "), nil
}

func descriptor(text string) (string, error) {
	all := descriptors()
	for _, d := range all {
		if d == text {
			return text, nil
		}
	}
	if text == "@reboot" {
		return "", &wrongError{what: `"@reboot" is no time: what was missed is caught up at the start anyway`}
	}
	return "", &wrongError{what: fmt.Sprintf("%q is not known", text), better: likeliest(text, all)}
}

// wrongNumber is the error for an expression that has too few fields or too many.
func wrongNumber(text string, given []string) error {
	wrong := &wrongError{what: fmt.Sprintf(
		"%q has %d fields; a schedule has five (minute, hour, day of the month, month, day of the week), or six with the second first",
		text, len(given))}
	better := "@" + strings.ToLower(text)
	switch {
	case len(given) == 1:
	case len(given) < 5:
		better = text + strings.Repeat(" *", 5-len(given))
	case len(given) == 7: // with a year, as Quartz has it
		better = strings.Join(given[:6], " ")
	}
	if _, err := normal(better); err == nil {
		wrong.better = better
	}
	return wrong
}

// normal checks what stands in the field.
func (f field) normal(text string) (string, *wrongError) {
	items := strings.Split(text, ",")
	for i, item := range items {
		out, wrong := f.item(item)
		if wrong != nil {
			if wrong.better != "" {
				wrong.better = strings.Join(append(append(items[:i:i], wrong.better), items[i+1:]...), ",")
			}
			return "", wrong
		}
		items[i] = out
	}
	return strings.Join(items, ","), nil
}

// item checks one item of a list: "*", "5", "mon", "1-5", and each of them with a step, "*/15".
func (f field) item(text string) (string, *wrongError) {
	span, step, stepped := strings.Cut(text, "/")
	first, last, ranged := strings.Cut(span, "-")
	switch {
	case text == "":
		return "", f.wrong(text, "an item of the list is empty", "")
	case stepped && !f.isStep(step):
		return "", f.wrongStep(text, step)
	case span == "*" || span == "?":
		return text, nil
	}
	from, wrong := f.number(first)
	if wrong != nil {
		return "", wrong.within(first, text)
	}
	to := from
	if ranged {
		if to, wrong = f.number(last); wrong != nil {
			return "", wrong.within(last, text)
		}
	} else if stepped {
		to = f.max
	}
	if to < from {
		return "", f.wrong(text, "the range goes backwards", fmt.Sprintf("%s-%s,%s-%s", first, f.label(f.max), f.label(f.min), last))
	}
	return f.write(from, to, step, ranged || stepped), nil
}

// within puts the better value in the place of the one that it is better than.
func (e *wrongError) within(value, item string) *wrongError {
	if e.better != "" {
		e.better = strings.Replace(item, value, e.better, 1)
	}
	return e
}

// write writes a checked item with numbers. Weekdays up to 7 are written one by one, 7 as 0.
func (f field) write(from, to int, step string, ranged bool) string {
	switch {
	case to > f.max:
		by, days := 1, []string(nil)
		if n, err := strconv.Atoi(step); err == nil {
			by = n
		}
		for day := from; day <= to; day += by {
			days = append(days, strconv.Itoa(day%(f.max+1)))
		}
		return strings.Join(days, ",")
	case step != "":
		return fmt.Sprintf("%d-%d/%s", from, to, step)
	case ranged:
		return fmt.Sprintf("%d-%d", from, to)
	}
	return strconv.Itoa(from)
}

// number reads a value of the field.
func (f field) number(text string) (int, *wrongError) {
	for i, name := range f.names {
		if strings.EqualFold(name, text) {
			return f.min + i, nil
		}
	}
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0, f.wrong(text, "a number is missing", "")
	case strings.ContainsAny(text, "LW#") && f.names == nil || strings.Contains(text, "#"):
		return 0, f.wrong(text, "L, W and # are not known here", "")
	case (err != nil || text[0] == '+') && f.names != nil:
		return 0, f.wrong(text, "it is no number and no name", likeliest(strings.ToLower(text), f.names))
	case err != nil || text[0] == '+':
		return 0, f.wrong(text, "it is no number", "")
	case n == 7 && f.max == 6: // Sunday has two numbers
		return n, nil
	case n == f.max+1 && f.min == 0:
		return 0, f.wrong(text, f.bounds(), strconv.Itoa(f.min))
	case n < f.min || n > f.max:
		return 0, f.wrong(text, f.bounds(), strconv.Itoa(max(f.min, min(n, f.max))))
	}
	return n, nil
}

func (f field) bounds() string { return fmt.Sprintf("it goes from %d to %d", f.min, f.max) }

// label is how a value is written: by name where it has one.
func (f field) label(n int) string {
	if f.names != nil {
		return f.names[n-f.min]
	}
	return strconv.Itoa(n)
}

func (f field) isStep(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && text[0] != '+' && n >= 1 && n <= f.max-f.min+1
}

// wrongStep is the error for a step that is none, or that does not fit: "*/90" minutes is not every 90 minutes.
func (f field) wrongStep(text, step string) *wrongError {
	if n, err := strconv.Atoi(step); err == nil && n > f.max-f.min {
		return f.wrong(text, fmt.Sprintf(`a step of %d does not fit into it; "@every" counts any length of time, as in "@every 90m"`, n), "")
	}
	return f.wrong(text, "the step is no number from 1 on", "")
}

func (f field) wrong(text, what, better string) *wrongError {
	return &wrongError{what: fmt.Sprintf("the %s %q: %s", f.name, text, what), better: better}
}
