/** Runs the client program of a server: `psql`, `mariadb` or `mysql`. @module */
import { AppError } from "../errors.ts";
import type { ProgramInput } from "../process/input.ts";
import type { StartProgram } from "../process/program.ts";
import { describeEnd } from "../process/reported_program.ts";
import type { ProgramUser } from "../process/spawn.ts";
import { printableLine } from "../text/printable.ts";
import { reasonIn } from "./dump_text.ts";

/** How a server is reached. */
interface ClientConnection {
  readonly program: "psql" | "mariadb" | "mysql";
  /** What leads to the server, and no database; no secret. */
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Whom it runs as. */
  readonly user?: ProgramUser;
}

/** What became of a client program. */
interface ClientResult {
  readonly stdout: string;
  /** How it failed, in words; `undefined`: it did not. */
  readonly failure?: string;
  /** What it said last on standard error. */
  readonly lastLines: readonly string[];
}

/** The client program of one server. */
export class ServerClient {
  readonly #connection: ClientConnection;
  readonly #start: StartProgram;
  readonly #signal: AbortSignal;
  readonly #hintFor: (reason: string) => string | undefined;

  /**
   * @param signal stops whatever it runs, but for {@linkcode tidy}
   * @param hintFor what to do about something that the server said
   */
  constructor(
    connection: ClientConnection,
    start: StartProgram,
    signal: AbortSignal,
    hintFor: (reason: string) => string | undefined = () => undefined,
  ) {
    this.#connection = connection;
    this.#start = start;
    this.#signal = signal;
    this.#hintFor = hintFor;
  }

  /**
   * What the program said when it failed, as an error.
   *
   * @param action what it was to do, such as `Cannot ask the server`
   */
  failed(action: string, { failure = "", lastLines }: ClientResult): AppError {
    const reason = printableLine(reasonIn(lastLines) || failure);
    const hint = this.#hintFor(reason);
    return new AppError(`${action}: ${reason}`, hint === undefined ? {} : { hint });
  }

  /**
   * Runs the program to its end.
   *
   * @param args besides those that lead to the server
   * @param database the one to work in; `undefined`: none
   * @param stdin what it reads; an input that throws ends the program before it sees an end
   * @throws {AppError} when it can't be started
   */
  async run(
    args: readonly string[],
    database: string | undefined,
    stdin?: ProgramInput,
  ): Promise<ClientResult> {
    return await this.#run(args, database, this.#signal, stdin);
  }

  /**
   * Executes one statement, also when all else was stopped: it cleans up, or must not be left half done.
   *
   * @param action what it is for, such as `Cannot clean up`
   * @throws {AppError} when it fails
   */
  async tidy(
    sql: string,
    database: string | undefined,
    action = "Cannot clean up",
  ): Promise<void> {
    const flag = this.#isPsql ? "--command" : "--execute";
    const result = await this.#run([`${flag}=${sql}`], database, undefined);
    if (result.failure !== undefined) throw this.failed(action, result);
  }

  get #isPsql(): boolean {
    return this.#connection.program === "psql";
  }

  async #run(
    args: readonly string[],
    database: string | undefined,
    signal: AbortSignal | undefined,
    stdin?: ProgramInput,
  ): Promise<ClientResult> {
    const { program, args: own, env, user } = this.#connection;
    // In an argument of psql, a name such as "a=b" would be a connection string.
    const psqls = {
      ...env,
      PGCLIENTENCODING: "UTF8",
      ...(database === undefined ? {} : { PGDATABASE: database }),
    };
    const inDatabase = database === undefined ? [] : [`--database=${database}`];
    const { end, stdout, stderr } = await this.#start({
      program,
      args: this.#isPsql
        ? ["--no-psqlrc", "--no-password", ...own, ...args]
        // Options that lead to an option file must come first.
        : [...own, ...inDatabase, ...args],
      env: this.#isPsql ? psqls : env,
      ...(user === undefined ? {} : { user }),
      ...(signal === undefined ? {} : { signal }),
      ...(stdin === undefined ? {} : { stdin }),
      background: "end",
    });
    const succeeded = end.kind === "exited" && end.code === 0;
    return {
      stdout,
      lastLines: stderr.lines,
      ...(succeeded ? {} : { failure: `${program} failed: ${describeEnd(end)}` }),
    };
  }
}
