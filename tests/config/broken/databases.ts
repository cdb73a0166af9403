/**
 * Files with a wrong table of databases.
 *
 * @module
 */
import { type Broken, DISK, end, HEAD } from "./file.ts";

/** A table of databases with these lines; they begin in line 8. */
function table(name: string, text: string, ...says: string[]): Broken {
  return end(name, `[[databases]]\n${text}`, ...says);
}

const PG = 'label = "pg"\nkind = "postgresql"\n';
const MARIA = 'label = "maria"\nkind = "mariadb"\n';
const FILES = 'label = "files"\nkind = "sqlite"\n';

/** Files with a wrong table of databases. */
export const DATABASES: readonly Broken[] = [
  table(
    "has databases of an unknown kind",
    'label = "pg"\nkind = "postgres"\nall = true',
    '9:8: databases[0].kind: expected one of "postgresql", …, found "postgres"; write "postgresql"',
  ),
  table(
    "has databases of a kind that is a command",
    'label = "mongo"\nkind = "mongodb"\nall = true',
    '9:8: databases[0].kind: expected one of …, found "mongodb"; write kind = "command", …',
  ),
  table(
    "has databases without label and kind",
    "all = true",
    "7:1: databases[0].label: missing, expected a name of up to 32 letters…",
    '7:1: databases[0].kind: missing, expected one of "postgresql"…',
  ),
  table(
    "has a label of databases that would not be one word in the name of an archive",
    'label = "a.b"\nkind = "mysql"\nall = true',
    '8:9: databases[0].label: expected a name of up to 32 letters…, found "a.b"',
  ),
  table(
    "names databases and wants all",
    `${PG}databases = ["app"]\nall = true`,
    "11:1: databases[0].all: expected either databases or all = true, found both",
  ),
  table(
    "names no database",
    `${PG}`,
    "7:1: databases[0]: expected databases or all = true, found neither",
  ),
  table(
    "has an empty list of databases",
    `${MARIA}databases = []`,
    "10:13: databases[0].databases: expected databases or all = true, found neither",
  ),
  table(
    "calls the key of databases otherwise",
    `${MARIA}dbname = ["app"]`,
    '10:1: databases[0].dbname: unknown key, did you mean "databases"?',
  ),
  table(
    "excludes from databases that are named",
    `${PG}databases = ["app"]\nexclude = ["test"]`,
    "11:1: databases[0].exclude: expected all = true beside exclude: …",
  ),
  table(
    "has a database twice",
    `${PG}databases = ["app", "app"]`,
    '10:21: databases[0].databases[1]: expected each database only once, found "app" twice in this…',
  ),
  table(
    "has the name of a database in two lines",
    `${PG}databases = ["a\\nb"]`,
    "10:14: databases[0].databases[0]: expected the name of a database in one line",
  ),
  table(
    "has two tables of databases with one label",
    `${PG}all = true\n[[databases]]\n${PG}all = true`,
    '12:9: databases[1].label: expected each label only once, found "pg" in line 8 already',
  ),
  table(
    "has SQLite with a relative path",
    `${FILES}databases = ["data/app.db"]`,
    '10:14: databases[0].databases[0]: expected the absolute path of a file of SQLite, found "data…',
  ),
  table(
    "has SQLite without a file",
    `${FILES}`,
    "7:1: databases[0]: expected the paths of files in databases, found none",
  ),
  table(
    "has SQLite on a host",
    `${FILES}databases = ["/srv/app.db"]\nhost = "db"\nall = true\npassword = "geheim"`,
    '11:1: databases[0].host: not a key of kind "sqlite", it has databases',
    '12:1: databases[0].all: not a key of kind "sqlite", it has databases',
    '13:1: databases[0].password: not a key of kind "sqlite", it has databases',
  ),
  table(
    "names databases of a command",
    'label = "ldap"\nkind = "command"\ndatabases = ["ldap"]',
    '10:1: databases[0].databases: not a key of kind "command", it has run_as',
  ),
  table(
    "has globals of MariaDB",
    `${MARIA}all = true\nglobals = true`,
    '11:1: databases[0].globals: not a key of kind "mariadb", it has databases, all…',
  ),
  table(
    "has a host and a socket",
    `${PG}all = true\nhost = "db"\nsocket = "/run/postgresql"`,
    "12:1: databases[0].socket: expected either host or socket, found both",
  ),
  table(
    "has a port without a host for MariaDB",
    `${MARIA}all = true\nport = 3307`,
    '11:1: databases[0].port: expected host beside port for kind "mariadb": a socket has no port',
  ),
  table(
    "has a host with an option in it",
    `${MARIA}all = true\nhost = "-h db"`,
    "11:8: databases[0].host: expected a host name or an address…",
  ),
  table(
    "has two passwords of a database",
    `${PG}all = true\npassword = "geheim"\npassword_file = "x"`,
    '12:1: databases[0].password_file: expected only one of "password", "password_file", found both',
  ),
  table(
    "names a password file of a database that is missing",
    `${PG}all = true\npassword_file = "pg.password"`,
    "11:1: databases[0].password_file: expected a file that can be read…",
  ),
  table(
    "has a password of a database that is a number",
    `${PG}all = true\npassword = 12345`,
    "11:12: databases[0].password: expected a string, found a number",
  ),
  table(
    "dumps databases to a repository that there is not",
    `${PG}all = true\nrepositories = ["dsik"]`,
    '11:17: databases[0].repositories[0]: expected the label of a repository, found "dsik"; did you…',
  ),
  table(
    "dumps databases as a user that this machine does not have",
    `${PG}all = true\nrun_as = "postgras-17"`,
    '11:10: databases[0].run_as: expected a user of this machine, found none in /etc/passwd that is…"postgras-17"',
  ),
  table(
    "has rules of retention for databases that exclude each other",
    `${PG}all = true\n[databases.retention]\nkeep_last = 3\nkeep_secondly = 3`,
    "13:17: databases[0].retention.keep_secondly: expected one of keep_last and…, found both",
  ),
  {
    name: "has the mark of databases in its name",
    text: (HEAD + DISK).replace('"host"', '"host.db.web"'),
    says: ['1:8: name: expected a name without ".db.", which marks archives of databases'],
  },
];
