/**
 * A Borg in memory: it keeps the archives of repositories, and prints what the real one prints.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { InteractiveRequest } from "../../lib/process/interactive_program.ts";
import type { ProgramRequest } from "../../lib/process/program.ts";
import { type Played, ProgramsDouble } from "../process/double.ts";

/** The files of an archive: their contents by their paths, without a leading slash. */
export type Files = Readonly<Record<string, string>>;

/** When all of it was made: long after any real file. */
const MADE = "2126-11-21T04:00:00.000000";

/** A line that Borg writes with `--log-json`. */
export function logLine(levelname: "INFO" | "WARNING" | "ERROR", message: string, msgid?: string) {
  const name = "borg.output";
  return JSON.stringify({ type: "log_message", time: 1, levelname, name, message, msgid });
}

/** Borg, for whom a repository is there as soon as it is asked for. */
export class BorgDouble extends ProgramsDouble {
  /** The archives of each repository, oldest first. */
  readonly repositories = new Map<string, Map<string, Files>>();
  /** What the next `create` puts into its archive. */
  files: Files;

  /** @param files what is archived */
  constructor(files: Files = {}) {
    super({
      "borg --version": { stdout: "borg 1.4.0\n" },
      "borg init": {},
      "borg create": (request) => this.#create(request),
      "borg list": (request) => this.#list(request),
      "borg extract": (request) => this.#extract(request),
      // Borg's own pieces of a list are left to the tests with a real Borg: "find" reads "borg list" then.
      "borg debug": { code: 2, stderr: [logLine("ERROR", "no pieces")] },
      "borg check": {
        stderr: [
          JSON.stringify({
            type: "progress_percent",
            current: 1,
            total: 2,
            message: "Checking 50%",
          }),
        ],
      },
      "borg prune": (request) => this.#prune(request),
      "borg compact": {
        stderr: [logLine("INFO", "compaction freed about 1.20 MB repository space")],
      },
    });
    this.files = files;
  }

  /** The archives of a repository, oldest first. */
  archivesOf(url: string): Map<string, Files> {
    const archives = this.repositories.get(url) ?? new Map<string, Files>();
    this.repositories.set(url, archives);
    return archives;
  }

  /** Makes Borg fail from now on. */
  fails(command: string, message: string, msgid?: string): void {
    this.set(`borg ${command}`, { code: 2, stderr: [logLine("ERROR", message, msgid)] });
  }

  /** Lets `create` succeed again. */
  createSucceeds(): void {
    this.set("borg create", (request) => this.#create(request));
  }

  #create(request: ProgramRequest | InteractiveRequest): Played {
    const [url, archive] = target(request);
    this.archivesOf(url).set(archive, this.files);
    const [path = ""] = Object.keys(this.files);
    const size = bytesOf(this.files);
    const nfiles = Object.keys(this.files).length;
    const sizes = { original_size: size, compressed_size: size, deduplicated_size: size };
    return {
      stdout: JSON.stringify({
        archive: { stats: { ...sizes, nfiles } },
        cache: { stats: { unique_csize: 10 * size } },
      }),
      stderr: [
        JSON.stringify({ type: "archive_progress", nfiles, ...sizes, path }),
        JSON.stringify({ type: "file_status", status: "A", path }),
      ],
    };
  }

  #list(request: ProgramRequest | InteractiveRequest): Played {
    const [url, name] = target(request);
    const archives = this.archivesOf(url);
    if (name === "") {
      const listed = [...archives.keys()].map((name, number) => {
        return {
          name,
          archive: name,
          id: sha256(name),
          start: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=Z-)/.exec(name)?.[0].concat(".000000") ??
            MADE.replace("21T", `${10 + number}T`),
        };
      });
      const repository = { id: sha256(url), last_modified: MADE };
      const answer = { archives: listed, repository, encryption: { mode: "repokey" } };
      return { stdout: JSON.stringify(answer) };
    }
    const files = Object.entries(archives.get(name) ?? {});
    const asked = request.args.find((arg) => arg.includes("{isomtime}"));
    if (asked !== undefined) {
      const id = asked.includes("{archiveid}") ? sha256(name) : "-";
      const hash = asked.includes("{sha256!a}");
      const entries = [...directoriesOf(files), ...files.map((file) => entryOf(file, hash))];
      return { stdout: entries.map((entry) => `${id} ${entry}`).join("\n") };
    }
    const mark = /^--format=(\w+) {mode} {size} {path}{NL}$/m.exec(request.args.join("\n"))?.[1];
    if (mark !== undefined) {
      const sized = files.map(([path, text]) => `${mark} -rw-r--r-- ${text.length} ${path}\n`);
      return { stdout: sized.join("") };
    }
    const record = ([path, text]: readonly [string, string]) =>
      `${text.length} ${sha256(text)} ${path}\0`;
    return { stdout: files.map(record).join("") };
  }

  #extract(request: ProgramRequest | InteractiveRequest): Played {
    const [url, name] = target(request);
    if (request.args.includes("--dry-run") || !("cwd" in request)) return {};
    for (const [path, text] of Object.entries(this.archivesOf(url).get(name) ?? {})) {
      const file = join(request.cwd ?? "/nowhere", path);
      Deno.mkdirSync(dirname(file), { recursive: true });
      Deno.writeTextFileSync(file, text);
    }
    return {};
  }

  #prune(request: ProgramRequest | InteractiveRequest): Played {
    const [url] = target(request);
    const archives = this.archivesOf(url);
    const old = [...archives.keys()].slice(0, -1);
    for (const name of old) archives.delete(name);
    return { stderr: old.map((name) => logLine("INFO", `Pruning archive (1/1): ${name}`)) };
  }
}

/** The repository and the archive that a command is about. */
function target({ args }: ProgramRequest | InteractiveRequest): readonly [string, string] {
  const [url = "", archive = ""] = args[args.indexOf("--") + 1]?.split("::") ?? [];
  return [url, archive];
}

/** A line of Borg's list of an archive, without the archive's id; `type` is the first sign of the mode. */
export function entryLine(
  path: string,
  { mode = "-rw-r--r--", size = 4, source = "", sha256 = "" }: {
    readonly mode?: string;
    readonly size?: number;
    readonly source?: string;
    readonly sha256?: string;
  } = {},
): string {
  const texts = ["root", "root", source, path, ...(sha256 === "" ? [] : [sha256])].map(quoted);
  return `${mode.charAt(0)} ${mode} 0 ${size} ${MADE} healthy ${texts.join(" ")}`;
}

function entryOf([path, text]: readonly [string, string], hash: boolean): string {
  return entryLine(path, { size: text.length, ...(hash ? { sha256: sha256(text) } : {}) });
}

/** As Python writes a text, if it has nothing but letters, digits and signs in it. */
function quoted(text: string): string {
  return `'${text}'`;
}

function directoriesOf(files: readonly (readonly [string, string])[]): readonly string[] {
  const paths = new Set<string>();
  for (const [path] of files) {
    for (let above = dirname(path); above !== "."; above = dirname(above)) paths.add(above);
  }
  return [...paths].toSorted().map((path) => entryLine(path, { mode: "drwxr-xr-x", size: 0 }));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function bytesOf(files: Files): number {
  return Object.values(files).reduce((sum, text) => sum + text.length, 0);
}
