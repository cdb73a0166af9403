/** The keys of `[[databases]]`: what is dumped, by which kind of server, and how it is reached. @module */
import { DATABASE_KINDS } from "./database_kinds.ts";
import { databaseRetention } from "./repository_schema.ts";
import {
  anyText,
  duration,
  flag,
  list,
  oneOf,
  place,
  secretPath,
  secretText,
  size,
  table,
  text,
  whole,
} from "./values.ts";

/** The label of a table of databases: it stands in the names of their archives, in one word. */
const LABEL = /^[A-Za-z0-9_-]{1,32}$/;

/** A name or an address; of IPv6, which has more colons than the one before a port. */
const HOST = /^(?![^:]*:\d+$)[A-Za-z0-9_.:%-]+$/;

/** What can be an argument or a line of an option file, whatever it is. */
const PRINTABLE = /^[^\p{Cc}]+$/u;

/** Databases of one server, files of SQLite, or what the hook `dump` writes. */
export const databases = table("[databases]", {
  label: text("a name of up to 32 letters, digits, hyphens and underscores", LABEL).describe(
    "Name of this table in reports, on the command line and in the names of the archives.",
  ),
  kind: oneOf(...DATABASE_KINDS).describe(
    'Kind: "postgresql", "mariadb", "mysql", "sqlite", or "command": what ' +
      "/etc/autoborg/hooks/dump LABEL writes.",
  ),
  databases: list("names, or of paths for sqlite", anyText()).optional().describe(
    "Names of the databases to dump; absolute paths for sqlite.",
  ),
  all: flag().default(false).describe(
    "Dump every database that the server has when the run begins, new ones included.",
  ),
  exclude: list("names and globs", anyText()).default([])
    .describe('With all = true: databases not to dump, names and globs, such as "test_*".'),
  host: text("a host name or an address, without a port", HOST).optional()
    .describe("Host name or address of the server; default: the socket of this machine."),
  port: whole(1, 65_535).optional()
    .describe("Port; default: 5432 for postgresql, 3306 for mariadb and mysql."),
  socket: place().optional().describe(
    "Socket: the file for mariadb and mysql, its directory for postgresql; default: the one that " +
      "the client uses.",
  ),
  user: text("a name without control characters", PRINTABLE).optional().describe(
    "User of the server; default: the one of run_as, or root.",
  ),
  password: secretText().optional().describe(
    "Password in plain text; alternatives: password_file or the credential databases.LABEL.",
  ),
  password_file: secretPath().optional()
    .describe("File with the password; may begin with $CREDENTIALS_DIRECTORY/."),
  run_as: text("the name of a user of this machine", /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/).optional()
    .describe(
      'User of this machine that the dump program runs as, such as "postgres", which needs no ' +
        "password then; default: the one that autoborg runs as.",
    ),
  globals: flag().optional().describe(
    "Dump roles and tablespaces, too (postgresql); default: true.",
  ),
  repositories: list("labels", anyText()).default([])
    .describe("Labels of the repositories that get the dumps; default: all."),
  retention: table("databases.retention", databaseRetention).optional().describe(
    "Which dumps prune keeps; default: what the repository keeps of its other archives.",
  ),
  timeout: duration((timeout) => timeout > 0, 'a duration of more than "0s", such as "2h"')
    .optional().describe("Stop the dump of a database that takes longer than this; default: none."),
  min_size: size((size) => size > 0, 'a size of more than "0B", such as "1MiB"').optional()
    .describe(
      "Least size of each dump, before compression; a smaller one fails the run and suspends prune.",
    ),
  min_rate: size().prefault("50KiB").describe(
    "A repository that takes less than this per second, for five minutes, drops out, and the others " +
      'go on: the dump\'s transaction stays open as long as the slowest of them needs; "0B": never.',
  ),
});
