/**
 * A configuration with its directories, and a Borg in memory: what the verbs work with in tests.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { stringify } from "smol-toml";
import type { Prompts } from "../../lib/cli/prompts.ts";
import { BorgDouble } from "../borg/double.ts";
import { ownPaths } from "../own_paths.ts";
import { NOW, runWith, type Said } from "./outside.ts";

type Table = Readonly<Record<string, unknown>>;

/** One of `[[repositories]]`, on a server that nobody asks. */
export function repositoryTable(label: string, keys: Table = {}): Table {
  const url = `ssh://borg@backup.example/./${label}`;
  return { label, url, passphrase: `geheim of ${label}`, ...keys };
}

/** A directory with a configuration and a source, and programs that are played. */
export class Scene implements Disposable {
  readonly directory: string = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "autoborg-verb-" }),
  );
  readonly borg = new BorgDouble();
  /** Whether a person sees what the verbs print. */
  terminal = false;
  /** Asks that person. */
  prompts: Prompts | undefined;
  /** When it is. */
  now: Date = NOW;
  /** The environment. */
  readonly variables: Record<string, string> = {};

  /** @param tables tables of the configuration; by default there is one repository, "disk" */
  constructor(tables: Table = {}) {
    this.write("source/one.txt", "eins");
    this.write("source/sub/two.txt", "zwei");
    this.configure(tables);
    this.borg.files = this.sourceFiles();
    this.borg.set("zfs", { code: 1, stderr: ["no pools available"] });
    this.borg.set("mount", { stdout: "/dev/vda1 on / type ext4 (rw,relatime)\n" });
  }

  /** A path below the directory. */
  at(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  /** Writes a file, with the directories above it. */
  write(name: string, text: string): string {
    const path = this.at(name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** Writes the configuration. */
  configure(tables: Table): void {
    const whole = {
      name: "web",
      sources: { directories: ["source"] },
      paths: { temp_dir: "temp", state_dir: "state" },
      logs: { directory: "logs" },
      repositories: [repositoryTable("disk")],
      retry: { waits: [] },
      ...tables,
    };
    this.write("config.toml", stringify(ownPaths(whole)));
  }

  /** The files of the source, as an archive has them. */
  sourceFiles(): Record<string, string> {
    const below = this.at("source").slice(1);
    return { [`${below}/one.txt`]: "eins", [`${below}/sub/two.txt`]: "zwei" };
  }

  /** Runs a verb that reads no configuration. */
  runAlone(...args: readonly string[]): Promise<Said> {
    return runWith(args, this.borg, this.variables, this.terminal, this.prompts, this.now);
  }

  /** Runs a verb. */
  run(verb: string, ...args: readonly string[]): Promise<Said> {
    const config = `--config=${this.at("config.toml")}`;
    return this.runAlone(verb, config, ...args);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}
