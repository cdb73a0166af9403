/** The table of the dumps of databases in the history database. @module */

/**
 * What became of each dump in each repository; `name` is the series of the configuration, `label` the
 * repository, `entry` the label of the table in the configuration, `at` the start of the run. Without a
 * reference to the run: a dump is written down before anything else of its run is.
 */
export const DUMP_SCHEMA = `
  CREATE TABLE dumps (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    entry TEXT NOT NULL,
    database TEXT NOT NULL,
    at INTEGER NOT NULL,
    archive TEXT NOT NULL,
    state TEXT NOT NULL,
    leftover INTEGER NOT NULL,
    size INTEGER,
    sha256 TEXT,
    new_size INTEGER,
    duration INTEGER,
    reason TEXT,
    verified_at INTEGER,
    verified TEXT,
    PRIMARY KEY (run, label, entry, database)
  ) STRICT;
  CREATE INDEX dumps_by_label ON dumps (name, label, entry, database, at);
  CREATE INDEX dumps_by_archive ON dumps (name, label, archive);`;
