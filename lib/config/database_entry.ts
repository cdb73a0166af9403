/** A table of databases as the program uses it. @module */
import type * as z from "zod";
import type { Secret } from "../text/secret.ts";
import type { CamelCase } from "./camel_case.ts";
import type { DatabaseKind } from "./database_kinds.ts";
import type { databases } from "./database_schema.ts";
import { absolute, type Surroundings } from "./paths.ts";

type DatabaseSettings = CamelCase<z.output<typeof databases>>;

/** Rules of retention of their own. A key that is absent is not set; -1 means unlimited. */
type OwnRetention = Readonly<NonNullable<DatabaseSettings["retention"]>>;

/** One `[[databases]]`: databases of one server, files of SQLite, or what a hook writes. */
export interface DatabaseEntry {
  /** Stands in the names of the archives. */
  readonly label: string;
  readonly kind: DatabaseKind;
  /** Names, or for sqlite absolute paths; empty with `all` and for command. */
  readonly databases: readonly string[];
  /** Whether the server is asked for its databases when the run begins. */
  readonly all: boolean;
  /** Names and globs that `all` does not mean. */
  readonly exclude: readonly string[];
  readonly host?: string;
  readonly port?: number;
  /** Absolute: a file, for postgresql its directory. */
  readonly socket?: string;
  /** User of the server. */
  readonly user?: string;
  readonly password?: Secret;
  /** User of this machine that the dump program runs as. */
  readonly runAs?: string;
  /** Whether roles and tablespaces are dumped; never for other kinds than postgresql. */
  readonly globals: boolean;
  /** Labels of the repositories that get the dumps. */
  readonly repositories: readonly string[];
  /** Absent: the dumps are kept by the rules of each repository. */
  readonly retention?: OwnRetention;
  /** Milliseconds for each database. */
  readonly timeout?: number;
  /** Bytes that each dump must have at least; roles and tablespaces need not. */
  readonly minSize?: number;
  /** Bytes per second below which a repository drops out; 0: never. */
  readonly minRate: number;
}

/**
 * Fills in what a `[[databases]]` leaves open.
 *
 * @param labels those of all repositories
 */
export function resolveDatabases(
  settings: DatabaseSettings,
  password: Secret | undefined,
  labels: readonly string[],
  surroundings: Surroundings,
): DatabaseEntry {
  const { databases = [], globals, repositories } = settings;
  const { retention, host, port, socket, user, runAs, timeout, minSize } = settings;
  const isFiles = settings.kind === "sqlite";
  // Zero means "not set", as in every table of retention.
  const rules = Object.entries(retention ?? {}).filter(([, value]) => value !== 0);
  return {
    label: settings.label,
    kind: settings.kind,
    databases: isFiles ? databases.map((path) => absolute(path, surroundings)) : databases,
    all: settings.all,
    exclude: settings.exclude,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(socket === undefined ? {} : { socket: absolute(socket, surroundings) }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(runAs === undefined ? {} : { runAs }),
    globals: settings.kind === "postgresql" && globals !== false,
    repositories: repositories.length === 0 ? labels : repositories,
    ...(retention === undefined ? {} : { retention: Object.fromEntries(rules) }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(minSize === undefined ? {} : { minSize }),
    minRate: settings.minRate,
  };
}
