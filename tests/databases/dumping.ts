/**
 * Dumps for the tests, with real programs and servers.
 *
 * @module
 */
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import type { DatabaseEntry } from "../../lib/config/database_entry.ts";
import type { DumpContext, DumpEnd, DumpSource } from "../../lib/databases/dump_source.ts";
import { listDatabases } from "../../lib/databases/list_databases.ts";
import { runProgram } from "../../lib/process/program.ts";
import { startStreamed } from "../../lib/process/streamed_program.ts";
import { Secret } from "../../lib/text/secret.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { ENV } from "./server_process.ts";

/** What a dump gave. */
export interface Dumped {
  readonly name: string;
  readonly fileName: string;
  readonly text: string;
  readonly end: DumpEnd;
}

/** A directory for a run's dumps. */
export class DumpPlace implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-dumps-" });
  readonly stop = new AbortController();
  /** Where programs are looked for. */
  path: string = ENV.PATH ?? "";

  /** What dumps get. */
  get context(): DumpContext {
    return {
      startStream: startStreamed,
      start: runProgram,
      signal: this.stop.signal,
      path: this.path,
      scratch: this.directory,
      hooks: { directory: join(this.directory, "hooks"), owner: Deno.uid() ?? 0 },
    };
  }

  /** Names of what is left in the directory. */
  get left(): readonly string[] {
    return [...Deno.readDirSync(this.directory)].map(({ name }) => name);
  }

  /** Writes a program that is found before others of its name. */
  program(name: string, body: string): void {
    const directory = join(this.directory, "programs");
    Deno.mkdirSync(directory, { recursive: true });
    Deno.chmodSync(this.directory, 0o755);
    Deno.writeTextFileSync(join(directory, name), `#!/bin/sh\n${body}\n`);
    Deno.chmodSync(join(directory, name), 0o755);
    this.path = `${directory}:${this.path}`;
  }

  /** Dumps everything of a table; what can't be started ends as a failure, too. */
  async dump(entry: DatabaseEntry): Promise<{
    readonly dumps: readonly Dumped[];
    readonly problems: readonly string[];
    readonly files: readonly string[];
  }> {
    const { sources, problems, files } = await listDatabases(entry, this.context);
    const dumps = [];
    for (const source of sources) dumps.push(await this.dumpOne(source));
    return { dumps, problems: problems.map(({ message }) => message), files };
  }

  /** Reads one dump to its end. */
  async dumpOne(source: DumpSource): Promise<Dumped> {
    const about = { name: source.name.database, fileName: source.fileName };
    try {
      await using dump = await source.open(this.context);
      const text = await new Response(dump.bytes).text();
      return { ...about, text, end: await dump.end };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { message, hint } = error;
      const end = { kind: "failed" as const, message, ...(hint === undefined ? {} : { hint }) };
      return { ...about, text: "", end };
    }
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Makes a table of databases as the configuration does. */
export async function databaseEntry(
  keys: Readonly<Record<string, string | number | boolean | readonly string[]>>,
  password?: string,
): Promise<DatabaseEntry> {
  const file = await Deno.makeTempFile({ prefix: "autoborg-databases-", suffix: ".toml" });
  try {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    await Deno.writeTextFile(
      file,
      'name = "host"\nsources.directories = ["/etc"]\n[[repositories]]\nlabel = "disk"\n' +
        'url = "/mnt/disk"\npassphrase = "correct horse"\n[[databases]]\nlabel = "db"\n' +
        `${lines.join("\n")}\n`,
    );
    const { config } = await loadConfig(file, {});
    const [entry] = config.databases;
    if (entry === undefined) throw new Error("the configuration has no databases");
    return password === undefined ? entry : { ...entry, password: new Secret(password) };
  } finally {
    await Deno.remove(file);
  }
}

/** Names that are taken for something else where they are not quoted. */
export const HOSTILE_NAMES: readonly string[] = [
  "two words",
  "it's",
  'say "hi"',
  "a/b",
  "\u00fcml\u00e4ut \u00df",
  "-d",
  "--help",
  "$(touch /tmp/autoborg-owned)",
  "a\\b",
  "dbname=postgres",
  "postgres://x",
  "*",
  "100%_",
];
