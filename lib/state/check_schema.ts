/** The tables of what has been checked. @module */

/** The tables; `name` is the series. */
export const CHECK_SCHEMA = `
  CREATE TABLE check_repositories (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    seen TEXT NOT NULL,
    since INTEGER NOT NULL,
    due TEXT,
    damage TEXT,
    damaged_at INTEGER,
    cycle_begun_at INTEGER,
    cycle_spent INTEGER,
    cycle_percent REAL,
    completed_at INTEGER,
    duration INTEGER,
    whole INTEGER,
    verified_at INTEGER,
    archives_first INTEGER NOT NULL,
    PRIMARY KEY (name, label)
  ) STRICT;
  CREATE TABLE check_archives (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    archive TEXT NOT NULL,
    checked_at INTEGER,
    is_due INTEGER NOT NULL,
    duration INTEGER,
    damage TEXT,
    damaged_at INTEGER,
    tries INTEGER NOT NULL,
    PRIMARY KEY (name, label, archive)
  ) STRICT;`;
