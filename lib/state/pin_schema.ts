/** The tables of pins in the history database. @module */

/** What is pinned, and what was done about that; `name` is the series. */
export const PIN_SCHEMA = `
  CREATE TABLE pins (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    archive TEXT NOT NULL,
    id TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (name, label, archive)
  ) STRICT;
  CREATE TABLE pin_changes (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    archive TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;`;
