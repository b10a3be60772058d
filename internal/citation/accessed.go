package citation

import (
	"strings"

	ibid "github.com/ibid-archive/ibid"
)

// accessReach is how far, in bytes, a statement of access stands from the address that it is about.
const accessReach = 240

// statedAccess returns the date on which the author says to have looked, if text says so after the offset after:
// "accessed 12 May 2009", "[Zugriff: 12.05.2009]", "consulté le 12 mai 2009", with the precision in which it is stated. It looks
// as far as the next address or paragraph. Empty is "not stated".
func statedAccess(text string, after int) ibid.Date {
	if after < 0 || after >= len(text) {
		return ""
	}
	near := text[after:min(len(text), after+accessReach)]
	for _, stop := range []string{"://", "\n\n"} {
		if i := strings.Index(near, stop); i >= 0 {
			near = near[:i]
		}
	}
	return accessIn(near)
}

// statedAccessBefore is statedAccess for the order "Retrieved 12 May 2009 from http://…": it looks from the sentence's begin
// to the address at start.
func statedAccessBefore(text string, start int) ibid.Date {
	near := text[max(0, start-80):start]
	if i := strings.LastIndexAny(near, ";\n"); i >= 0 {
		near = near[i+1:]
	}
	if i := strings.LastIndex(near, "://"); i >= 0 {
		near = near[i+len("://"):]
	}
	return accessIn(near)
}

// accessIn finds a word of access and the date that follows it; in Japanese and Chinese the date may stand before the word.
func accessIn(near string) ibid.Date {
	if len(near) < 6 {
		return ""
	}
	lower := strings.ToLower(near)
	for i := 0; i < len(lower); i++ {
		if !wordBegins(lower, i) {
			continue
		}
		word := accessWord(lower[i:])
		if word == "" {
			continue
		}
		if date := dateSoon(lower[i+len(word):], accessWords[word]); date != "" {
			return date
		}
	}
	for _, word := range accessAfterDate {
		if i := strings.Index(lower, word); i > 0 {
			if date := lastDate(lower[:i]); date != "" {
				return date
			}
		}
	}
	return bracketedDate(lower)
}

// wordBegins says whether a word can begin at s[i].
func wordBegins(s string, i int) bool {
	if i == 0 {
		return true
	}
	c := s[i-1]
	return !isAlnum(c) && (c < 0x80 || s[i] >= 0x80)
}

// accessWord is the longest word of access that s begins with, or empty.
func accessWord(s string) string {
	longest := ""
	for _, word := range accessByByte[s[0]] {
		if len(word) > len(longest) && strings.HasPrefix(s, word) && !continues(s[len(word):]) {
			longest = word
		}
	}
	return longest
}

// continues says whether a word goes on at the begin of s.
func continues(s string) bool { return s != "" && s[0] >= 'a' && s[0] <= 'z' }

// dateSoon returns the date that stands at the begin of s but for a few linking words: "am", "le", "on", "date:". Only white
// space, words and ":" may stand before it.
func dateSoon(s string, order dateOrder) ibid.Date {
	for i, words := 0, 0; i < len(s) && words < 5; {
		if date, n := dateAt(s[i:], order); n > 0 {
			return date
		}
		switch c := s[i]; {
		case c == ';' || c == ')' || c == ']':
			return ""
		case isDigit(c), c == '.' && i > 8:
			return ""
		case isAlnum(c) || c >= 0x80:
			for i < len(s) && (isAlnum(s[i]) || s[i] >= 0x80) {
				i++
			}
			words++
		default:
			i++
		}
	}
	return ""
}

// lastDate returns the date that s ends with, but for white space and brackets.
func lastDate(s string) ibid.Date {
	s = strings.TrimRight(s, " \t（([に")
	for i := max(0, len(s)-40); i < len(s); i++ {
		if i > 0 && isDigit(s[i]) && isDigit(s[i-1]) {
			continue
		}
		if date, n := dateAt(s[i:], dayFirst); n > 0 && i+n == len(s) {
			return date
		}
	}
	return ""
}

// bracketedDate reads "[2009-05-12]" before or after an address: the date of access in GB/T 7714.
func bracketedDate(s string) ibid.Date {
	for i := strings.IndexByte(s, '['); i >= 0 && i < len(s); {
		if date, n := dateAt(s[i+1:], dayFirst); n == 10 && i+1+n < len(s) && s[i+1+n] == ']' && s[i+5] == '-' {
			return date
		}
		next := strings.IndexByte(s[i+1:], '[')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return ""
}

// accessWords are the words that say "I looked", in lower case, with the order in which their language writes 2/1/2009.
var accessWords = func() map[string]dateOrder {
	words := make(map[string]dateOrder)
	for order, list := range map[dateOrder]string{
		ambiguous: `accessed|last accessed|access date|date accessed|retrieved|visited|last visited|consulted|viewed|last viewed|
			last checked|checked on|access|date of access|last retrieved|site visited`,
		dayFirst: `zugriff|letzter zugriff|abgerufen|zugegriffen|aufgerufen|besucht|eingesehen|gesehen am|abruf|abrufdatum|zugriffsdatum|
			consulté|consultée|consultés|consultées|visité|visitée|accédé|page consultée|vérifié le|date de consultation|
			consultado|consultada|consultados|consultadas|consulta|acceso|accedido|visitado|visitada|recuperado|fecha de consulta|fecha de acceso|
			acessado|acesso|acedido|consult.|consultato|consultata|ultimo accesso|visitato|accesso|data di accesso|consultat|
			geraadpleegd|bezocht|opgehaald|bekeken|hämtad|hämtat|läst|besökt|åtkomst|hentet|besøgt|besøkt|lest|tilgået|
			viitattu|luettu|haettu|dostęp|data dostępu|odczyt|cit.|citováno|dostupné|navštíveno|
			дата обращения|проверено|дата доступа|дата звернення|процитовано|дата просмотра|просмотрено|
			erişim|erişim tarihi|accesat|accesat la|hozzáférés|elérés|letöltve|πρόσβαση|ανακτήθηκε`,
		yearFirst: `访问日期|检索于|查阅于|访问于|检索日期|引用日期|取得日期|アクセス日|閲覧日|最終閲覧日|参照日`,
	} {
		for word := range strings.SplitSeq(list, "|") {
			words[strings.TrimSpace(word)] = order
		}
	}
	return words
}()

// accessByByte are accessWords by their first byte.
var accessByByte = func() (table [256][]string) {
	for word := range accessWords {
		table[word[0]] = append(table[word[0]], word)
	}
	return table
}()

// accessAfterDate are the words that stand after their date.
var accessAfterDate = []string{"閲覧", "参照", "アクセス", "访问", "造訪", "查阅", "확인"}
