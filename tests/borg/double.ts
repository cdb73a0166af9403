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
          start: MADE.replace("21T", `${10 + number}T`),
        };
      });
      const repository = { id: sha256(url), last_modified: MADE };
      const answer = { archives: listed, repository, encryption: { mode: "repokey" } };
      return { stdout: JSON.stringify(answer) };
    }
    const files = Object.entries(archives.get(name) ?? {});
    if (request.args.includes("--json-lines")) {
      return { stdout: [...directoriesOf(files), ...files.map(entryOf)].join("\n") };
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

function entryOf([path, text]: readonly [string, string]): string {
  return JSON.stringify({
    ...{ type: "-", mode: "-rw-r--r--", user: "root", uid: 0, group: "root", gid: 0, source: "" },
    ...{ path, healthy: true, size: text.length, mtime: MADE, sha256: sha256(text) },
  });
}

function directoriesOf(files: readonly (readonly [string, string])[]): readonly string[] {
  const paths = new Set<string>();
  for (const [path] of files) {
    for (let above = dirname(path); above !== "."; above = dirname(above)) paths.add(above);
  }
  return [...paths].toSorted().map((path) =>
    JSON.stringify({
      ...{ type: "d", mode: "drwxr-xr-x", user: "root", uid: 0, group: "root", gid: 0, source: "" },
      ...{ path, healthy: true, size: 0, mtime: MADE },
    })
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function bytesOf(files: Files): number {
  return Object.values(files).reduce((sum, text) => sum + text.length, 0);
}
