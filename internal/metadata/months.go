package metadata

import (
	"strings"
	"time"
	"unicode"
)

// monthNames are the names and abbreviations of each month, in lower case, without full stops:
// English, French, Spanish, German, Italian, Portuguese, Catalan, Dutch, Danish, Norwegian, Swedish,
// Finnish, Polish, Czech, Croatian, Slovenian, Serbian, Hungarian, Romanian, Turkish, Indonesian, Russian,
// Ukrainian, Bulgarian, Greek, Hindi, Bengali, Arabic, Persian (of the Gregorian calendar) and Hebrew. A name
// that means different months in different languages, like "listopad", is left out; see scanner.monthIn.
var monthNames = [...]string{
	"january jan janvier janv enero ene januar jän jänner gennaio gen janeiro gener januari tammikuuta tammikuu stycznia styczeń " +
		"ledna leden január januára ianuarie ian ocak januarja января январь янв січня січень януари ιανουαρίου ιανουάριος " +
		"siječnja januarja जनवरी জানুয়ারি يناير ינואר בינואר ژانویه sausio jaanuar",
	"february feb février fevrier févr fév fevr fev febrero februar febbraio febb fevereiro febrer februari helmikuuta helmikuu " +
		"lutego luty února únor február februarie şubat subat февраля февраль фев лютого лютий февруари φεβρουαρίου " +
		"veljače februarja फरवरी फ़रवरी ফেব্রুয়ারি φεβρουάριος فبراير شباط פברואר בפברואר فوریه pebruari",
	"march mar mars marzo märz mär maerz mrz março març maart marts maaliskuuta maaliskuu marca marzec března březen március " +
		"márc martie mart maret марта март мар березня березень μαρτίου μάρτιος ožujka marca मार्च মার্চ مارس آذار מרץ במרץ marco",
	"april apr avril avr abril abr aprile huhtikuuta huhtikuu kwietnia kwiecień dubna duben április ápr travnja aprila अप्रैल এপ্রিল aprilie nisan апреля " +
		"апрель апр квітня квітень април απριλίου απρίλιος أبريل ابريل نيسان אפריל באפריל آوریل",
	"may mai mayo maggio mag maio maig mei maj toukokuuta toukokuu maja května květen május máj mayıs mayis мая май травня " +
		"травень μαΐου μάιος svibnja maja मई মে مايو أيار מאי במאי مه",
	"june jun juin junio juni giugno giu junho jun juny juni kesäkuuta kesäkuu czerwca czerwiec června červen június jún iunie " +
		"iun haziran июня июнь июн червня червень юни ιουνίου ιούνιος lipnja junija juna जून জুন يونيو حزيران יוני ביוני ژوئن",
	"july jul juillet juil julio juli luglio lug julho juliol heinäkuuta heinäkuu lipca července červenec július júl iulie " +
		"iul temmuz июля июль июл липня липень юли ιουλίου ιούλιος srpnja julija jula जुलाई জুলাই يوليو تموز יולי ביולי ژوئیه",
	"august aug août aout agosto ago agost augustus augusti elokuuta elokuu sierpnia sierpień srpna srpen augusztus ağustos " +
		"agustus августа август авг серпня серпень αυγούστου αύγουστος kolovoza avgust avgusta ogos अगस्त আগস্ট أغسطس اغسطس آب אוגוסט באוגוסט اوت",
	"september sep sept septembre septiembre setiembre settembre sett setembro set setembre syyskuuta syyskuu września wrzesień " +
		"září szeptember szept septembrie rujna septembra septembar सितंबर सितम्बर সেপ্টেম্বর eylül eylul сентября сентябрь сен сент вересня вересень септември σεπτεμβρίου " +
		"σεπτέμβριος سبتمبر أيلول ספטמבר בספטמבר سپتامبر",
	"october oct octobre octubre oktober okt ottobre ott outubro out octubre oktober lokakuuta lokakuu października październik " +
		"října říjen október oktobra oktobar अक्टूबर अक्तूबर অক্টোবর octombrie ekim октября октябрь окт жовтня жовтень октомври οκτωβρίου οκτώβριος أكتوبر " +
		"اكتوبر אוקטובר באוקטובר اکتبر",
	"november nov novembre noviembre novembro marraskuuta marraskuu listopadu studenoga studenog novembra novembar नवंबर नवम्बर নভেম্বর noiembrie kasım kasim nopember ноября ноябрь " +
		"ноя листопада ноември νοεμβρίου νοέμβριος نوفمبر נובמבר בנובמבר نوامبر",
	"december dec décembre decembre déc diciembre dic dezember dez dicembre dezembro desembre desember joulukuuta joulukuu " +
		"grudnia grudzień prosince prosinec prosinca decembra decembar disember दिसंबर दिसम्बर ডিসেম্বর decembrie aralık aralik декабря декабрь дек грудня грудень декември " +
		"δεκεμβρίου δεκέμβριος ديسمبر דצמבר בדצמבר دسامبر",
}

// months finds a month by its name.
var months = monthTable()

func monthTable() map[string]time.Month {
	table := make(map[string]time.Month, 400)
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			table[name] = time.Month(i + 1)
		}
	}
	return table
}

// twinMonths are the months that Syrian Arabic tells apart by "first" and "second".
var twinMonths = map[string]time.Month{
	"تشرين الأول": time.October, "تشرين الاول": time.October, "تشرين الثاني": time.November,
	"كانون الأول": time.December, "كانون الاول": time.December, "كانون الثاني": time.January,
}

// monthOf returns the month that a word names, or 0.
func monthOf(word string) time.Month {
	if len(word) > 40 {
		return 0
	}
	return months[strings.Map(unicode.ToLower, word)]
}
