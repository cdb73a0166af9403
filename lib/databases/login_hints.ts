/** What to do about what servers of databases refuse, by their words. Pure data. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";

/** A server has no such database. */
const NO_DATABASE = /database .* does not exist|Unknown database/;

/** What is said, and what to do then; `$LABEL` and `$USER` stand for those of the table. */
const HINTS: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /Peer authentication failed/,
    'Set run_as = "postgres" in [[databases]] "$LABEL", or a user of the server who has a password',
  ],
  [
    /password authentication failed|no password supplied|Access denied for user .*using password/,
    'Check user and password of [[databases]] "$LABEL"; the password can also be in password_file ' +
    'or in the credential "databases.$LABEL"',
  ],
  [
    /is not allowed to connect|no pg_hba.conf entry/,
    'Check host, user and password of [[databases]] "$LABEL", and from which hosts the server accepts them',
  ],
  [
    /permission denied for table pg_authid/,
    'Set globals = false in [[databases]] "$LABEL", or dump as a superuser: only one can read the ' +
    "roles with their passwords",
  ],
  [
    /row-level security/,
    "Let the user read all rows: psql -c 'ALTER ROLE \"$USER\" BYPASSRLS'",
  ],
  [
    /permission denied for/,
    "Let the user read everything: psql -c 'GRANT pg_read_all_data TO \"$USER\"'",
  ],
  [
    /command denied to user|Access denied for user|insufficient privileges/,
    'Let the user read everything: mariadb -e "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ' +
    "ON *.* TO '$USER'@'localhost'\"",
  ],
  [
    NO_DATABASE,
    'Create it, or take it out of databases of [[databases]] "$LABEL"',
  ],
  [
    /Connection refused|No such file or directory|Can't connect|could not connect|not known|No route/,
    'Start the server, or check host, port and socket of [[databases]] "$LABEL"',
  ],
  [
    // MariaDB's program and a MySQL 5.6, MySQL's program and a MariaDB, and the like.
    /Unknown column '\w+' in 'field list'|Unknown table '\w+' in information_schema|error in your SQL syntax|Unknown system variable/,
    "Install the client of the server's own product and version, and put it first in PATH",
  ],
  [
    /closed the connection|Lost connection|terminating connection|gone away/,
    "Look in the log of the server why it ended the connection",
  ],
];

/** What is said of a database that was there when the server was asked for all. */
const GONE = "It was dropped while the run was going on: the next run does not look for it";

/** What to do about something that a server or its program said; `undefined`: nobody knows. */
export function hintForServer(
  { label, all, user, runAs }: Pick<DatabaseEntry, "label" | "all" | "user" | "runAs">,
  reason: string,
): string | undefined {
  if (all && NO_DATABASE.test(reason)) return GONE;
  const hint = HINTS.find(([words]) => words.test(reason))?.[1];
  return hint?.replaceAll("$LABEL", label).replaceAll("$USER", user ?? runAs ?? "root");
}
