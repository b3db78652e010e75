//go:build linux

package programs

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// SQLite has several processes write to one database in WAL mode, which they
// coordinate with POSIX locks and a shared mapping, while others read it.
func SQLite(t *testing.T, dir string, effort Effort) {
	need(t, "sqlite3")
	c := in(t, dir)
	writers, commits := 4, []int{Smoke: 25, Some: 250, Much: 500}[effort]
	const database = "log.db"
	setUp := `PRAGMA journal_mode=WAL; CREATE TABLE log (writer, seq, body, PRIMARY KEY (writer, seq)); CREATE INDEX bodies ON log (body);`
	if mode := c.run("sqlite3", "-bail", database, setUp); mode != "wal\n" {
		t.Fatalf("journal mode %q, want wal", mode)
	}

	// What a row holds follows from its key, so that every byte can be checked.
	const body = `printf('%04d-%04d', writer, seq) || hex(zeroblob(seq % 700))`
	var group errgroup.Group
	for writer := range writers {
		var script strings.Builder
		script.WriteString(".timeout 120000\n.bail on\n")
		for seq := range commits {
			fmt.Fprintf(&script, "BEGIN IMMEDIATE; INSERT INTO log SELECT writer, seq, %s FROM (SELECT %d AS writer, %d AS seq); COMMIT;\n",
				body, writer, seq)
		}
		group.Go(func() error {
			_, err := c.try(script.String(), "sqlite3", database)
			return err
		})
		// A reader sees whole transactions: no writer's rows have a gap.
		group.Go(func() error {
			query := "SELECT writer FROM log GROUP BY writer HAVING count(*) <> max(seq) + 1;\n"
			gaps, err := c.try(".timeout 120000\n.bail on\n"+strings.Repeat(query, commits), "sqlite3", database)
			if err == nil && gaps != "" {
				err = fmt.Errorf("rows missing from these writers: %q", gaps)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}

	dropPages(t, dir)
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                          "ok\n",
		"SELECT count(*) FROM log":                        fmt.Sprintln(writers * commits),
		"SELECT count(*) FROM log WHERE body <> " + body:  "0\n",
		"PRAGMA wal_checkpoint(TRUNCATE)":                 "0|0|0\n",
		"VACUUM; PRAGMA integrity_check; PRAGMA optimize": "ok\n",
	} {
		if got := c.run("sqlite3", "-bail", database, query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	st, err := os.Stat(dir + "/" + database)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d commits by %d processes, %d bytes", writers*commits, writers, st.Size())
}
