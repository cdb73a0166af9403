/**
 * A machine in memory: ZFS, mounts, files and the state directory, in which every command, every
 * call and every write can be made to fail, to hang, to lie, or to be the last one of a process.
 *
 * Other sources of snapshots can be tested with it as well: `run` is the one place where programs
 * are started.
 *
 * @module
 */
import { SNAPSHOT_SOURCES, type StagingSystem } from "../../../lib/staging/system.ts";
import type { SnapshotSource } from "../../../lib/staging/snapshot_source.ts";
import { AppError } from "../../../lib/errors.ts";
import { parseJournal } from "../../../lib/state/journal.ts";
import type { ZfsCommand, ZfsCommandResult } from "../../../lib/zfs/command.ts";
import { memoryFiles } from "./memory_files.ts";
import { Mounts } from "./memory_mounts.ts";
import type { FileSystem } from "./memory_nodes.ts";
import { type Ended, MemoryZfs } from "./memory_zfs.ts";
import { mountCommand, umountCommand } from "./mount_commands.ts";

/** What happens instead of a command; `undefined` lets it do its work. */
export type CommandFault = (
  command: ZfsCommand,
  /** Does the work, or that of another command. */
  work: (other?: ZfsCommand) => ZfsCommandResult,
) => ZfsCommandResult | "death" | undefined;

/** Which step goes wrong, counted from 0, and how. */
export interface Faults {
  /** Called with the number of each command. */
  readonly command?: (number: number) => CommandFault | undefined;
  /** What a call of the file system throws. */
  readonly call?: (number: number, call: string, path: string) => Error | undefined;
  /** What becomes of a read or write of the journal. */
  readonly journal?: (number: number) => JournalFault | undefined;
}

/** How a read or a write of the journal goes wrong. */
export type JournalFault =
  | { readonly kind: "fails"; readonly text: string }
  /** The new content is there, and yet an error comes back. */
  | { readonly kind: "fails after"; readonly text: string }
  | { readonly kind: "death" };

/** A process on the machine: what it may call, and what it did. */
export interface Process extends StagingSystem {
  /** Commands in their order, as in a shell. */
  readonly commands: string[];
  /** How many calls of the file system there were. */
  readonly calls: { count: number };
  /** How often the journal was read or written. */
  readonly journalCalls: { count: number };
  /** Resolves when the process has died. */
  readonly died: Promise<"died">;
}

/** The machine. */
export class Machine {
  readonly mounts: Mounts;
  readonly zfs: MemoryZfs;
  /** The journals' texts by the configuration's name. */
  readonly journals = new Map<string, string>();
  /** What makes snapshots on it. */
  sources: readonly SnapshotSource[] = SNAPSHOT_SOURCES;
  /** Commands that must never be started. */
  readonly violations: string[] = [];

  /** @param root what is mounted at `/` */
  constructor(root: FileSystem) {
    this.mounts = new Mounts(root);
    this.zfs = new MemoryZfs(this.mounts);
  }

  /** Starts a process for which things go wrong. */
  process(faults: Faults = {}): Process {
    const commands: string[] = [];
    const calls = { count: 0 };
    const journalCalls = { count: 0 };
    let dead = false;
    const { promise: died, resolve } = Promise.withResolvers<"died">();
    const die = (): Promise<never> => {
      dead = true;
      resolve("died");
      return new Promise<never>(() => {});
    };
    const files = memoryFiles(this.mounts, (call, path) => {
      if (dead && call !== "lstat" && call !== "realPath") return new Promise<never>(() => {});
      const number = calls.count++;
      const error = faults.call?.(number, call, path);
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    });
    const start = (command: ZfsCommand): Promise<ZfsCommandResult> => {
      if (dead) return new Promise<never>(() => {});
      const fault = faults.command?.(commands.length);
      commands.push([command.program, ...command.args].join(" "));
      const work = (other = command) => this.#watched(other);
      const result = fault?.(command, work) ?? work();
      return result === "death" ? die() : Promise.resolve(result);
    };
    const journal = async (path: string, work: () => void) => {
      if (dead) await new Promise<never>(() => {});
      const number = journalCalls.count++;
      const fault = faults.journal?.(number);
      if (fault?.kind === "death") return await die();
      if (fault?.kind !== "fails") work();
      if (fault !== undefined) throw new AppError(`Cannot ${path} the journal: ${fault.text}`);
    };
    const journals: StagingSystem["journals"] = {
      read: async (name) => {
        await journal("read", () => {});
        return parseJournal(this.journals.get(name) ?? "");
      },
      write: async (written) => {
        await journal("write", () => {
          if (written.runs.length === 0) this.journals.delete(written.name);
          else this.journals.set(written.name, JSON.stringify(written));
        });
      },
      setAside: (name) => Promise.resolve(`${name}.damaged`),
      all: () => Promise.resolve([...this.journals.values()].flatMap((t) => parseJournal(t) ?? [])),
    };
    const makeTempDir = (path: string) => files.mkdir(path, { recursive: true });
    const { sources } = this;
    return { start, files, journals, sources, makeTempDir, commands, calls, journalCalls, died };
  }

  /** Runs a command. */
  run({ program, args }: ZfsCommand): Ended {
    if (program === "zfs") return this.zfs.zfs(args);
    return program === "mount" ? mountCommand(this.zfs, args) : umountCommand(this.mounts, args);
  }

  #watched(command: ZfsCommand): ZfsCommandResult {
    try {
      return ended(this.run(command));
    } catch (error) {
      this.violations.push(String(error));
      throw error;
    }
  }

  /** The content of a file, as a process would read it; `undefined` when there is none. */
  read(path: string): string | undefined {
    try {
      const { node } = this.mounts.find(path);
      return node.kind === "file" ? node.text : undefined;
    } catch {
      return undefined;
    }
  }

  /** Changes the content of a file where it is read live. */
  write(path: string, text: string): void {
    this.mounts.find(path).node.text = text;
  }
}

/** The result that belongs to an end. */
export function ended({ code, stdout, stderr }: Ended): ZfsCommandResult {
  return { succeeded: code === 0, end: { kind: "exited", code }, stdout, stderr };
}
