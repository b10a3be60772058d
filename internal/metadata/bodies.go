package metadata

import "strings"

// isInstitution says whether s has a word that only names of bodies have; such names are not cut at
// "and" or at commas.
func isInstitution(s string) bool {
	for _, w := range strings.Fields(strings.ToLower(s)) {
		switch strings.Trim(w, ".,()") {
		case "department", "ministry", "organization", "organisation", "university", "institute", "office", "council",
			"bureau", "agency", "committee", "commission", "foundation", "association", "society", "centre", "center",
			"services", "administration", "programme", "program", "union", "bank", "fund", "division", "secretariat",
			"ministère", "ministerio", "ministerium", "université", "universidad", "universität", "institut", "instituto",
			"comité", "organización", "fundación", "fondation", "stiftung", "conseil", "consejo", "agence", "agencia",
			"nations", "unies", "unidas", "secretaría", "secretaria", "dirección", "direction", "gobierno", "government",
			"gouvernement", "governo", "regierung", "ministério", "ministero", "министерство", "département", "departamento",
			"canada", "australia", "zealand", "england", "scotland", "wales", "ireland", "kingdom", "international", "europe", "africa",
			"authority", "court", "parliament", "academy", "museum", "library", "affairs", "network", "project",
			"unit", "section", "branch", "service", "board", "forum", "research", "unité", "unidad", "abteilung", "servicio", "consortium",
			"team", "staff", "company", "corporation", "partners", "of", "for", "für", "pour", "para", "group", "inc", "ltd", "llc", "llp", "plc", "gmbh", "verlag", "éditions", "editorial", "academies", "college", "school", "laboratory", "federation":
			return true
		}
	}
	return false
}

// isFirm says whether s is the name of a firm that has "&" or "and" in it, and not two persons: what stands on both sides is one
// word, which of persons only lists of authors in a text have, or it ends as firms do. "Smith & Co", "Faber and Faber".
func isFirm(s string) bool {
	words := strings.Fields(s)
	for i, w := range words {
		if i == 0 || i == len(words)-1 || w != "&" && w != "and" && w != "und" && w != "et" && w != "y" && w != "e" {
			continue
		}
		before, after := words[:i], words[i+1:]
		switch strings.ToLower(strings.Trim(after[0], ".,’'")) {
		case "co", "cie", "sons", "son", "bros", "brothers", "associates", "söhne", "hijos", "fils", "figli", "filhos", "partner":
			return true
		}
		if len(before) == 1 && len(after) == 1 && (w == "&" || strings.EqualFold(before[0], after[0])) {
			return true
		}
	}
	return false
}

// withoutAffiliation cuts the body off that persons belong to: "Ann Other, University of the Lake". A text
// whose first part is a body's, or a single word, names a body as a whole.
func withoutAffiliation(s string) string {
	if !isInstitution(s) {
		return s
	}
	first, _, _ := strings.Cut(s, ",")
	if words := strings.Count(strings.TrimSpace(first), " "); words == 0 || words > 7 || first == s || isInstitution(first) {
		return s
	}
	parts := strings.Split(s, ",")
	n := 1
	for n < len(parts) && !isInstitution(parts[n]) {
		n++
	}
	return strings.Join(parts[:n], ",")
}

// agent returns the name in a value of the form that governments have made of Dublin Core:
// "corporateName=Department of Health; jurisdiction=AU" and, as directories have it, "c=AU; o=Commonwealth;
// ou=Department of Health". Every other value is returned as it is.
func agent(s string) string {
	best, rank := s, 0
	for field := range strings.SplitSeq(s, ";") {
		key, value, ok := strings.Cut(field, "=")
		if !ok || strings.Contains(strings.TrimSpace(key), " ") {
			return s
		}
		r := 0
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "personalname", "name":
			r = 4
		case "corporatename":
			r = 3
		case "ou":
			r = 2
		case "o":
			r = 1
		}
		if r > rank {
			best, rank = strings.TrimSpace(value), r
		}
	}
	return best
}
