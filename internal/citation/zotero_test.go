package citation

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the writer of what is read here
)

// database makes a SQLite database of statements.
func database(t testing.TB, statements ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// zoteroLibrary is a library of n items, of which the last two are in the bin and attached to another.
func zoteroLibrary(t testing.TB, n int) []byte {
	statements := []string{
		"PRAGMA page_size=1024",
		"CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT)",
		"CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value UNIQUE)",
		"CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT NOT NULL, dateAdded TIMESTAMP DEFAULT CURRENT_TIMESTAMP, key TEXT NOT NULL, UNIQUE (key))",
		"CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID), FOREIGN KEY (itemID) REFERENCES items(itemID))",
		"CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP)",
		"CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, parentItemID INT, linkMode INT)",
		"CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, fieldMode INT)",
		"CREATE TABLE itemCreators (itemID INT NOT NULL, creatorID INT NOT NULL, creatorTypeID INT, orderIndex INT)",
		"INSERT INTO fields VALUES (1,'title',0),(2,'url',0),(3,'DOI',0),(4,'accessDate',0),(5,'abstractNote',0),(6,'extra',0)",
		"INSERT INTO creators VALUES (1,'John','Smith',0),(2,'','The Group',1)",
		fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d) INSERT INTO items (itemID, itemTypeID, key) SELECT i, 1, 'K'||i FROM n", n),
		"INSERT INTO itemDataValues SELECT itemID, 'http://example.org/'||itemID FROM items",
		"INSERT INTO itemData SELECT itemID, 2, itemID FROM items",
		fmt.Sprintf("INSERT INTO itemDataValues VALUES (%d,'On Tides'),(%d,'10.1000/182'),(%d,'2009-05-12 10:00:00'),(%d,'%s'),(%d,'Citation Key: a\nPMID: 21187404')", n+1, n+2, n+3, n+4, strings.Repeat("http://no.example/ ", 1000), n+5),
		fmt.Sprintf("INSERT INTO itemData VALUES (1,1,%d),(1,3,%d),(1,4,%d),(1,5,%d),(1,6,%d)", n+1, n+2, n+3, n+4, n+5),
		"INSERT INTO itemCreators VALUES (1,1,1,0),(1,2,1,1)",
		fmt.Sprintf("INSERT INTO deletedItems (itemID) VALUES (%d)", n),
		fmt.Sprintf("INSERT INTO itemAttachments VALUES (%d,1,1)", n-1),
	}
	return database(t, statements...)
}

func TestZotero(t *testing.T) {
	t.Parallel()
	runPackedTests(t, []packedTest{{"library", zoteroLibrary(t, 4), `
bibliography[K1]:0 http://example.org/1 “On Tides” by Smith, John; The Group accessed 2009-05-12
bibliography[K1]:0 https://doi.org/10.1000/182 “On Tides” by Smith, John; The Group accessed 2009-05-12
bibliography[K2]:0 http://example.org/2
`}})
	refs := readBody(t, Source{Name: "zotero.sqlite", Body: zoteroLibrary(t, 3000)}).References
	if len(refs) != 2999 || refs[0].Identifiers["pmid"] != "21187404" || refs[2998].URI != "http://example.org/2998" {
		t.Errorf("%d references", len(refs))
	}
}

func TestZoteroUnreadable(t *testing.T) {
	t.Parallel()
	whole := zoteroLibrary(t, 3000)
	for name, body := range map[string][]byte{
		"no Zotero library":       database(t, "CREATE TABLE a (b)"),
		"damaged or cut":          whole[:len(whole)/2],
		"its database is damaged": whole[:300],
	} {
		_, err := Read(context.Background(), Source{Name: "a.sqlite", Body: body}, Options{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}
