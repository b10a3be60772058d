package ibid

// Verdict says what became of the bytes of one attempt.
type Verdict string

// The Verdicts.
const (
	// Archived: the whole response is stored and reported so.
	Archived Verdict = "archived"
	// ArchivedNoted: stored whole, with a named note.
	ArchivedNoted Verdict = "archived-noted"
	// Truncated: the bytes up to a limit or a disconnect are stored, and reported truncated.
	Truncated Verdict = "truncated"
	// Failed: nothing usable; a stable class is on record; can be tried again.
	Failed Verdict = "failed"
	// Refused: policy stopped it before a byte was sent.
	Refused Verdict = "refused"
)

// Class is the stable name of a note or a failure. The list only grows: stores hold these words.
type Class string

// The Classes.
const (
	ClassAddressRefused     Class = "address-refused"
	ClassSchemeRefused      Class = "scheme-refused"
	ClassRobotsDenied       Class = "robots-denied"
	ClassRobotsUnreachable  Class = "robots-unreachable"
	ClassPolicyNoArchive    Class = "policy-noarchive"
	ClassDNS                Class = "dns"
	ClassConnect            Class = "connect"
	ClassConnectionReset    Class = "connection-reset"
	ClassTimeoutConnect     Class = "timeout-connect"
	ClassTimeoutTLS         Class = "timeout-tls"
	ClassTimeoutHeader      Class = "timeout-header"
	ClassTimeoutIdle        Class = "timeout-idle"
	ClassLimitTime          Class = "limit-time"
	ClassLimitLength        Class = "limit-length"
	ClassDisconnect         Class = "disconnect"
	ClassHeaderTooLarge     Class = "header-too-large"
	ClassMalformedStatus    Class = "malformed-status"
	ClassMalformedHeader    Class = "malformed-header"
	ClassMalformedLength    Class = "malformed-length"
	ClassMalformedChunk     Class = "malformed-chunk"
	ClassEmptyReply         Class = "empty-reply"
	ClassTLSHandshake       Class = "tls-handshake"
	ClassTLSUnverified      Class = "tls-unverified"
	ClassTLSExpired         Class = "tls-expired"
	ClassTLSWrongHost       Class = "tls-wrong-host"
	ClassTLSVersion         Class = "tls-version"
	ClassRedirectLoop       Class = "redirect-loop"
	ClassRedirectLimit      Class = "redirect-limit"
	ClassRedirectInvalid    Class = "redirect-invalid"
	ClassURLTooLong         Class = "url-too-long"
	ClassDecodeFailed       Class = "decode-failed"
	ClassDecodedTooLarge    Class = "decoded-too-large"
	ClassLinksNotExtracted  Class = "links-not-extracted"
	ClassLinksCapped        Class = "links-capped"
	ClassCharsetConflict    Class = "charset-conflict"
	ClassServerBusy         Class = "server-busy"
	ClassBudgetPages        Class = "budget-pages"
	ClassStorageFull        Class = "storage-full"
	ClassStorageUnavailable Class = "storage-unavailable"
	ClassDigestMismatch     Class = "digest-mismatch"
	// ClassNotHeld: no other archive that could be asked has it.
	ClassNotHeld Class = "not-held"
	// ClassArchivesAway: no other archive could be asked.
	ClassArchivesAway Class = "archives-away"
)
