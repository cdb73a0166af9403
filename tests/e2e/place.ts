/**
 * A directory of its own for every test: sources, repositories, configuration, state and logs, and
 * a home for Borg, so that nothing outside of it is touched.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { stringify } from "smol-toml";
import { ownPaths } from "../own_paths.ts";
import { copyEmptyRepository } from "./empty_repository.ts";
import {
  autoborgCommand,
  type Ended,
  eventually,
  Running,
  runToEnd,
  searchPath,
} from "./program.ts";

/** A table of the configuration. */
export type Table = Readonly<Record<string, unknown>>;

/** One of `[[repositories]]`; its directory and its passphrase follow from its label. */
export function repository(label: string, keys: Table = {}): Table {
  return {
    label,
    url: `${label}.borg`,
    passphrase: passphraseOf(label),
    lock_wait: "10s",
    ...keys,
  };
}

/** The passphrase of a repository in the tests. */
export function passphraseOf(label: string): string {
  return `geheim of ${label}`;
}

/** Runs that check and compact nothing: two starts of Borg less, which have tests of their own. */
export const QUICK: Table = { check: { enabled: false }, compact: { enabled: false } };

/** Everything a test needs, below one directory. */
export class Place implements AsyncDisposable {
  /** The directory. */
  readonly directory: string;
  /** The environment that autoborg is started with; a test may add to it. */
  readonly env: Record<string, string>;
  /** Those of the configuration as it was written last. */
  #repositories: readonly Table[] = [];

  /** @param directory an empty directory; it is removed at the end */
  private constructor(directory: string) {
    this.directory = directory;
    this.env = {
      PATH: searchPath(),
      HOME: join(directory, "home"),
      BORG_BASE_DIR: this.at("base"),
    };
    const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME") ?? ""}/.cache/deno`;
    this.env.DENO_DIR = cache;
    // Deno keeps the packages of each registry apart.
    const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
    if (registry !== undefined) this.env.NPM_CONFIG_REGISTRY = registry;
  }

  /**
   * Makes a place with a source directory of three files and a configuration.
   *
   * @param tables tables of the configuration; by default there is one repository, "first"
   */
  static async make(tables: Table = {}): Promise<Place> {
    const place = new Place(await Deno.makeTempDir({ prefix: "autoborg-e2e-" }));
    for (const name of ["home", "base", "source"]) await Deno.mkdir(place.at(name));
    await place.write("source/one.txt", "eins");
    await place.write("source/sub/two.txt", "zwei");
    await place.write("source/sub/random.bin", crypto.getRandomValues(new Uint8Array(50_000)));
    await place.configure(tables);
    return place;
  }

  /**
   * Makes a place of a directory, in which nothing but the configuration is made.
   *
   * @param directory the directory
   * @param tables tables of the configuration
   */
  static async of(directory: string, tables: Table): Promise<Place> {
    const place = new Place(directory);
    await place.configure(tables);
    return place;
  }

  /**
   * Makes a place whose runs do no more than {@linkcode QUICK} says.
   *
   * @param tables tables of the configuration
   */
  static quick(tables: Table = {}): Promise<Place> {
    return Place.make({ ...QUICK, ...tables });
  }

  /** An absolute path below the directory. */
  at(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  /** Writes a file, with the directories above it. */
  async write(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
    const path = this.at(name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    await Deno.chmod(path, mode);
    return path;
  }

  /** Writes the configuration; paths in it are relative to the directory. */
  async configure(tables: Table): Promise<void> {
    const whole = {
      name: "web",
      sources: { directories: ["source"] },
      paths: { temp_dir: "temp", state_dir: "state" },
      logs: { directory: "logs" },
      // One borg less in every run; `verify` has tests of its own.
      verify: { files: 0 },
      // Tests of failures want to hear of them at once; further attempts have tests of their own.
      retry: { waits: [] },
      // Nobody knows what the machine has that runs them.
      coverage: { ignore: ["**"] },
      repositories: [repository("first")],
      ...tables,
    };
    this.#repositories = tablesIn(whole.repositories);
    // The tests have one disk alone; what is said of that has tests of its own.
    const repositories = this.#repositories.map((table) => ({ same_disk: true, ...table }));
    await this.write("config.toml", stringify(ownPaths({ ...whole, repositories })));
  }

  /** Makes all repositories; those that are as simple as can be are copied. */
  async init(): Promise<void> {
    let rest = false;
    for (const { label, url, passphrase, encryption } of this.#repositories) {
      const path = this.at(`${label}.borg`);
      const isSimple = url === `${label}.borg` && encryption === undefined && !exists(path);
      if (isSimple && typeof passphrase === "string") await copyEmptyRepository(path, passphrase);
      else rest = true;
    }
    if (rest) await this.expect(0, "init");
  }

  /** Runs a verb of autoborg with this place's configuration. */
  autoborg(verb: string, ...args: readonly string[]): Promise<Ended> {
    return this.start(verb, ...args).end();
  }

  /** Starts a verb of autoborg with this place's configuration. */
  start(verb: string, ...args: readonly string[]): Running {
    const command = [...autoborgCommand(), verb, `--config=${this.at("config.toml")}`, ...args];
    return new Running(command, { env: this.env, cwd: this.directory });
  }

  /** Runs a verb that must end with this exit code. */
  async expect(code: number, verb: string, ...args: readonly string[]): Promise<Ended> {
    const ended = await this.autoborg(verb, ...args);
    assert.equal(ended.code, code, `exit code ${ended.code}\n${ended.stdout}${ended.stderr}`);
    return ended;
  }

  /** Runs the real borg with a repository's passphrase; it must end well. */
  async borg(label: string, ...args: readonly string[]): Promise<string> {
    const ended = await this.tryBorg(label, ...args);
    assert.equal(ended.code, 0, `borg ${args.join(" ")}\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  /** Runs the real borg in another directory; it must end well. */
  async borgIn(directory: string, label: string, ...args: readonly string[]): Promise<void> {
    // As on another machine: what Borg knows of the repository here does not count.
    const env = { BORG_BASE_DIR: this.at("reader") };
    const { code, stderr } = await this.#startBorg(directory, label, args, env);
    assert.equal(code, 0, `borg ${args.join(" ")}\n${stderr}`);
  }

  /** Runs the real borg with a repository's passphrase. */
  tryBorg(label: string, ...args: readonly string[]): Promise<Ended> {
    return this.#startBorg(this.directory, label, args);
  }

  #startBorg(
    cwd: string,
    label: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const env = {
      ...this.env,
      BORG_PASSPHRASE: passphraseOf(label),
      BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: "yes",
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
      LC_ALL: "C.UTF-8",
      ...more,
    };
    return runToEnd(["borg", ...args], { env, cwd });
  }

  /** The names of the archives in a repository, oldest first. */
  async archives(label: string): Promise<string[]> {
    return lines(await this.borg(label, "list", "--short", this.at(`${label}.borg`)));
  }

  /** The paths in the newest archive of a repository. */
  async contents(label: string): Promise<string[]> {
    const newest = (await this.archives(label)).at(-1) ?? "";
    const url = `${this.at(`${label}.borg`)}::${newest}`;
    return lines(await this.borg(label, "list", "--short", url));
  }

  /** A path of this place as it stands in an archive. */
  archived(...parts: readonly string[]): string {
    return this.at(...parts).slice(1);
  }

  /** The log written last. Names don't tell: two short runs may begin in the same second. */
  async log(): Promise<string> {
    const written = (name: string) => Deno.statSync(this.at("logs", name)).mtime?.getTime() ?? 0;
    const names = [...Deno.readDirSync(this.at("logs"))].map(({ name }) => name)
      .filter((name) => name.startsWith("web-"));
    const newest = names.toSorted((one, other) => written(one) - written(other)).at(-1);
    return await Deno.readTextFile(this.at("logs", newest ?? ""));
  }

  /**
   * Waits until no source counts as one that was changed within two seconds before the backup began;
   * of an archive this is known by the second alone.
   */
  async settle(): Promise<void> {
    const entries = [this.at("source"), ...pathsBelow(this.at("source"))];
    const times = entries.map((path) => Deno.lstatSync(path).ctime?.getTime() ?? 0);
    const changed = Math.max(...times);
    await eventually(() => Date.now() > changed + 3_100, 60_000);
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

function pathsBelow(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = join(directory, name);
    return isDirectory ? [path, ...pathsBelow(path)] : [path];
  });
}

function tablesIn(value: unknown): readonly Table[] {
  const isTable = (one: unknown): one is Table => typeof one === "object" && one !== null;
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/** Lines without the empty ones. */
export function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Whether a path exists, link or not. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Every path below a directory with its size, its mode and its time of change. */
export function snapshot(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = join(directory, name);
    const { size, mode, mtime } = Deno.lstatSync(path);
    const line = `${path} ${isDirectory ? "" : size} ${mode} ${mtime?.getTime()}`;
    return isDirectory ? [line, ...snapshot(path)] : [line];
  }).toSorted();
}
