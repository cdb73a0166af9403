/**
 * What the scenarios need of the virtual machine: pools on files, programs, a look at what is left
 * behind. Runs in the machine, as root, with all permissions.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import type { Problem } from "../../lib/backup/outcome.ts";
import type { SnapshotHooks, StageRequest, Staging } from "../../lib/staging/staging.ts";
import { recover } from "../../lib/staging/recover.ts";
import { stageSources } from "../../lib/staging/stage.ts";

/**
 * Prints a line.
 *
 * @param line without its line break
 */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** One thing that must hold on real OpenZFS. */
export interface Scenario {
  readonly name: string;
  /** Why it can't be run; `undefined` when it can. */
  readonly skip?: string | undefined;
  /** Why not every change waits for it: it is for the group "long", which runs before a release. */
  readonly long?: string;
  run(): Promise<void>;
}

/** What a program did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The directories of all scenarios. */
export const PLACES = {
  temp: "/run/autoborg",
  state: "/var/lib/autoborg",
  vdevs: "/var/tmp/vdevs",
} as const;

/** The search path of everything that is started; the shims come first when there are some. */
export const SEARCH_PATH = "/opt/shims:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin";

/**
 * Runs a program, whatever its exit code.
 *
 * @param command program and arguments
 * @param env its environment besides PATH
 */
export async function attempt(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const [program, ...args] = command;
  assert(program !== undefined);
  const output = await new Deno.Command(program, {
    args,
    env: { PATH: SEARCH_PATH, LC_ALL: "C.UTF-8", HOME: "/root", ...env },
  }).output();
  const text = new TextDecoder();
  return {
    code: output.code,
    stdout: text.decode(output.stdout),
    stderr: text.decode(output.stderr),
  };
}

/**
 * Runs a program that must succeed.
 *
 * @param command program and arguments
 * @returns its standard output without the last line break
 */
export async function sh(...command: readonly string[]): Promise<string> {
  const ran = await attempt(command);
  assert.equal(ran.code, 0, `${command.join(" ")}: ${ran.stderr}`);
  return ran.stdout.replace(/\n$/, "");
}

/** A pool on a file; disposing of it destroys it. */
export interface Pool extends AsyncDisposable {
  readonly name: string;
}

/**
 * Makes a pool that is mounted at `/NAME`.
 *
 * @param name the pool's name
 * @param size of its file
 */
export async function makePool(name: string, size = "256M"): Promise<Pool> {
  await Deno.mkdir(PLACES.vdevs, { recursive: true });
  const vdev = `${PLACES.vdevs}/${name}`;
  await sh("truncate", "-s", size, vdev);
  await sh("zpool", "create", "-f", "-O", `mountpoint=/${name}`, name, vdev);
  return {
    name,
    async [Symbol.asyncDispose]() {
      for (let attempts = 0; attempts < 5; attempts++) {
        if ((await attempt(["zpool", "destroy", "-f", name])).code === 0) break;
        await pause(1_000);
      }
      await Deno.remove(vdev).catch(() => {});
      await Deno.remove(`/${name}`).catch(() => {});
    },
  };
}

/**
 * Waits.
 *
 * @param milliseconds how long
 */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Run ids that are all different. */
let counter = 0;

/** Events of the last {@linkcode stage} or {@linkcode cleanUp}. */
export const events: RunEvent[] = [];

/** Hooks that do nothing. */
export const NO_HOOKS: SnapshotHooks = {
  before: () => Promise.resolve(),
  after: () => Promise.resolve([]),
};

/** What a scenario asks for; the rest is the same for all. */
export type Wishes =
  & Partial<Omit<StageRequest, "zfs">>
  & { readonly zfs?: Partial<StageRequest["zfs"]> };

/**
 * Makes a request with everything that a scenario does not care about.
 *
 * @param wishes what it cares about
 */
export function requestFor(wishes: Wishes): StageRequest {
  counter += 1;
  return {
    name: "vm",
    runId: (0xabc00000 + counter).toString(16),
    startedAt: new Date(),
    hostname: "vm",
    directories: [],
    optional: [],
    oneFileSystem: false,
    tempDir: PLACES.temp,
    stateDir: PLACES.state,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    environment: { PATH: SEARCH_PATH },
    hooks: NO_HOOKS,
    ...wishes,
    zfs: {
      datasets: [],
      recursive: false,
      exclude: [],
      snapshotDirectories: true,
      ...wishes.zfs,
    },
  };
}

/** A staging whose root is known to be there. */
export interface Staged extends AsyncDisposable {
  readonly root: string;
  readonly paths: readonly string[];
  readonly problems: readonly Problem[];
  readonly staging: Staging;
}

/**
 * Stages in this very process; disposing of it releases.
 *
 * @param wishes what is wanted
 */
export async function stage(wishes: Wishes): Promise<Staged> {
  events.length = 0;
  const staging = await stageSources(requestFor(wishes));
  return {
    root: staging.sources?.root ?? "",
    paths: staging.sources?.paths ?? [],
    problems: staging.problems,
    staging,
    async [Symbol.asyncDispose]() {
      await staging.release();
    },
  };
}

/** What the next run does first, in this very process. */
export async function cleanUp(wishes: Wishes = {}): Promise<readonly Problem[]> {
  events.length = 0;
  return await recover({ ...requestFor(wishes), pauses: [200, 500] });
}

/**
 * One of the problems must be of this severity and say this.
 *
 * @param problems what was reported
 * @param severity how bad it must be
 * @param pattern what its message must say
 */
export function assertProblem(
  problems: readonly Problem[],
  severity: Problem["severity"],
  pattern: RegExp,
): void {
  const found = problems.find((problem) =>
    problem.severity === severity && pattern.test(problem.message)
  );
  assert(found !== undefined, `no ${severity} ${pattern} among ${JSON.stringify(problems)}`);
  assert(found.hint !== undefined && found.hint !== "", `no hint: ${found.message}`);
}

/** The programs that were started since the events were last cleared, program and verb. */
export function startedCommands(): readonly string[] {
  return events.flatMap((event) =>
    event.type === "command-started" ? [event.command.slice(0, 2).join(" ")] : []
  );
}

/**
 * The sources that Borg is given must be these, besides what lies in them, which comes before them:
 * Borg enters no directory again that it has read as a source.
 *
 * @param paths what Borg is given
 * @param outermost those that lie in no other one, sorted
 */
export function assertPaths(paths: readonly string[], outermost: readonly string[]): void {
  const liesIn = (one: string, other: string) => one.startsWith(`${other}/`);
  const outer = paths.filter((one) => !paths.some((other) => liesIn(one, other)));
  assert.deepEqual(outer.toSorted(), outermost);
  for (const [index, one] of paths.entries()) {
    const late = paths.slice(index + 1).find((other) => liesIn(other, one));
    assert.equal(late, undefined, paths.join("\n"));
  }
}
