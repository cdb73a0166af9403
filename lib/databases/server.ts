/** What all kinds of servers of databases have in common: how they are asked and what they answer. @module */
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError, hintOf, reasonOf } from "../errors.ts";
import { describeEnd } from "../process/reported_program.ts";
import { createMasker, type Masker } from "../text/secret.ts";
import type { DumpContext, DumpSource } from "./dump_source.ts";
import { reasonIn } from "./dump_text.ts";
import type { Access } from "./access.ts";
import { hintForServer } from "./login_hints.ts";

/** What is needed to ask a server, without a dump of it. */
export type AskContext = Pick<DumpContext, "start" | "signal" | "path" | "scratch">;

/** What a server says of itself. */
export interface ServerFacts {
  /** Its version, such as "15.18". */
  readonly version: string;
  /** The databases that can be dumped, by their names. */
  readonly databases: readonly string[];
  /** The directory of its data, absolute; `undefined`: on another machine, or it may not be asked for. */
  readonly directory?: string;
  /** That the dump program belongs to another product, in words. */
  readonly otherProduct?: string;
  /** Why nothing of it can be dumped. */
  readonly refusal?: Failure;
  /** What is wrong with the list of its databases. */
  readonly problems: readonly Failure[];
}

/** What is wrong, and what to do about it. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

/** A kind of server. */
export interface ServerKind {
  /** Asks a server for its version and its databases. @throws {AppError} when it can't be asked */
  ask(entry: DatabaseEntry, context: AskContext): Promise<ServerFacts>;
  /** Asks which of the databases can't be read as a whole, each with the reason. */
  unreadable(
    entry: DatabaseEntry,
    databases: readonly string[],
    context: AskContext,
  ): Promise<readonly (Failure & { readonly database: string })[]>;
  /** What is dumped of a database. */
  source(entry: DatabaseEntry, database: string): DumpSource;
}

/** How long a question may take, in milliseconds: a server that hangs must not hold up the run. */
const TIME_LIMIT = 60_000;

/** A question to a server. */
interface Question {
  readonly entry: DatabaseEntry;
  readonly access: Access;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/**
 * Starts a client with a question.
 *
 * @returns its standard output
 * @throws {AppError} with what the server said when it did not answer
 */
export async function askProgram(question: Question, context: AskContext): Promise<string> {
  const { entry, access, program, args, stdin } = question;
  const { end, stdout, stderr } = await context.start({
    program,
    args,
    env: { ...access.env, ...question.env },
    ...(access.user === undefined ? {} : { user: access.user }),
    ...(stdin === undefined ? {} : { stdin }),
    timeLimit: TIME_LIMIT,
    signal: context.signal,
    background: "end",
  });
  if (end.kind === "exited" && end.code === 0) return stdout;
  context.signal.throwIfAborted();
  const reason = reasonIn(stderr.lines.map(maskOf(entry)));
  const state = reason === "" ? describeEnd(end, TIME_LIMIT) : reason;
  const hint = hintForServer(entry, reason);
  throw new AppError(`Cannot ask the server of the databases "${entry.label}": ${state}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Hides the password of a table of databases. */
export function maskOf({ password }: Pick<DatabaseEntry, "password">): Masker {
  return createMasker(password === undefined ? [] : [password]);
}

/** The name of a dump in its archive: that of the database, which may have slashes in it. */
export function dumpFileName(database: string): string {
  const plain = database.replace(/[/%\p{Cc}]/gu, (character) => encodeURIComponent(character));
  return `${plain}.sql`;
}

/** What a person reads of a database. */
export function databaseText({ label }: Pick<DatabaseEntry, "label">, database: string): string {
  return `the database ${JSON.stringify(database)} of "${label}"`;
}

/** Says what was thrown, for those who go on with other tables. */
export function failureOf(error: unknown): Failure {
  return { message: reasonOf(error), ...hintOf(error) };
}
