/**
 * Pools in memory and the command `zfs` for them, with the texts and exit codes of OpenZFS 2.3.
 *
 * @module
 */
import type { Mounts } from "./memory_mounts.ts";
import { type FileSystem, frozenCopy, newFileSystem, nextNumber } from "./memory_nodes.ts";

/** What a command printed, and its exit code. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A dataset. */
export interface MemoryDataset {
  readonly name: string;
  readonly mountpoint: string;
  readonly canmount: "on" | "off" | "noauto";
  readonly system: FileSystem;
}

/** A snapshot. */
export interface MemorySnapshot {
  readonly name: string;
  readonly guid: string;
  readonly createtxg: string;
  /** User properties with their sources. */
  readonly properties: Map<string, { readonly value: string; readonly source: string }>;
  readonly holds: Set<string>;
  readonly clones: string[];
  deferred: boolean;
  readonly system: FileSystem;
}

/** An end that is an end. */
export const OK: Ended = { code: 0, stdout: "", stderr: "" };

/** The pools of a machine. */
export class MemoryZfs {
  readonly datasets = new Map<string, MemoryDataset>();
  readonly snapshots = new Map<string, MemorySnapshot>();
  #txg = 1000;

  /** @param mounts where datasets and snapshots are mounted */
  constructor(readonly mounts: Mounts) {}

  /** Makes a dataset. */
  create(
    name: string,
    mountpoint: string,
    files: Readonly<Record<string, string>> = {},
    canmount: MemoryDataset["canmount"] = "on",
  ): MemoryDataset {
    const dataset = { name, mountpoint, canmount, system: newFileSystem("zfs", name, files) };
    this.datasets.set(name, dataset);
    return dataset;
  }

  /** Makes a snapshot. */
  snapshot(name: string, properties: Readonly<Record<string, string>> = {}): MemorySnapshot {
    const dataset = this.datasets.get(name.split("@")[0] ?? "");
    if (dataset === undefined) throw new Error(`no dataset for ${name}`);
    const snapshot: MemorySnapshot = {
      name,
      guid: String(7_000_000_000_000_000_000n + BigInt(nextNumber())),
      createtxg: String(this.#txg),
      properties: new Map(
        Object.entries(properties).map(([key, value]) => [key, { value, source: "local" }]),
      ),
      holds: new Set(),
      clones: [],
      deferred: false,
      system: frozenCopy(dataset.system, name),
    };
    this.snapshots.set(name, snapshot);
    return snapshot;
  }

  /** Runs a command. */
  zfs(args: readonly string[]): Ended {
    const [verb, ...rest] = args;
    switch (verb) {
      case "list":
        return this.#list(rest);
      case "get":
        return rest.includes("-r") ? this.#getMarked(rest) : this.#get(rest);
      case "snapshot":
        return this.#snapshot(rest);
      case "hold":
        return this.#each(rest.slice(1), "cannot hold snapshot", ({ holds }) => {
          const [tag = ""] = rest;
          if (holds.has(tag)) return "tag already exists on this dataset";
          holds.add(tag);
        });
      case "holds":
        return this.#holds(rest.slice(1));
      case "release":
        return this.#each(rest.slice(1), "cannot release hold from snapshot", (snapshot) => {
          const [tag = ""] = rest;
          if (!snapshot.holds.has(tag)) return "no such tag on this dataset";
          if (this.#isLastHold(snapshot) && this.#isMounted(snapshot)) return "dataset is busy";
          snapshot.holds.delete(tag);
          if (snapshot.deferred) this.#destroyUnused(snapshot);
        });
      case "destroy":
        return this.#destroy(rest);
      default:
        throw new Error(`zfs ${args.join(" ")}: nobody asked for this before`);
    }
  }

  #list(args: readonly string[]): Ended {
    const pool = args.at(-1) ?? "";
    if (!this.datasets.has(pool)) return failed(`cannot open '${pool}': dataset does not exist`);
    if (args.includes("-d")) return { ...OK, stdout: pool };
    const lines = [...this.datasets.values()]
      .filter(({ name }) => name === pool || name.startsWith(`${pool}/`))
      .map(({ name, canmount, system, mountpoint }) => {
        const mounted = this.mounts.all.some((mount) => mount.system === system) ? "yes" : "no";
        return [name, "filesystem", canmount, mounted, "-", "0", mountpoint, name].join("\t");
      });
    return { ...OK, stdout: lines.join("\n") };
  }

  #get(args: readonly string[]): Ended {
    const [properties = "", ...names] = args.slice(args.indexOf("-o") + 2);
    const found = names.flatMap((name) => this.snapshots.get(name) ?? []);
    const missing = names.filter((name) => !this.snapshots.has(name));
    const stdout = found.flatMap((snapshot) =>
      properties.split(",").map((property) => {
        const { value, source } = valueOf(snapshot, property);
        return [snapshot.name, property, value, source].join("\t");
      })
    ).join("\n");
    const stderr = missing.map((name) => `cannot open '${name}': dataset does not exist`);
    return { code: missing.length === 0 ? 0 : 1, stdout, stderr: stderr.join("\n") };
  }

  #getMarked(args: readonly string[]): Ended {
    const [property = "", pool = ""] = args.slice(-2);
    const lines = [...this.snapshots.values()].flatMap(({ name, properties }) => {
      const mark = properties.get(property);
      const inside = name.startsWith(`${pool}/`) || name.startsWith(`${pool}@`);
      return mark?.source === "local" && inside ? [`${name}\t${mark.value}`] : [];
    });
    return { ...OK, stdout: lines.join("\n") };
  }

  #snapshot(args: readonly string[]): Ended {
    const [, assignment = "", ...names] = args;
    const [property = "", value = ""] = assignment.split("=");
    const pools = new Set(names.map((name) => name.split(/[/@]/)[0]));
    if (pools.size > 1) return failed("multiple snapshots of same fs not allowed");
    for (const name of names) {
      const dataset = name.split("@")[0] ?? "";
      if (!this.datasets.has(dataset)) {
        return failed(`cannot open '${dataset}': dataset does not exist\nusage:`, 2);
      }
      if (this.snapshots.has(name)) {
        return failed(`cannot create snapshot '${name}': dataset already exists`);
      }
    }
    this.#txg++;
    for (const name of names) this.snapshot(name, { [property]: value });
    return OK;
  }

  #holds(names: readonly string[]): Ended {
    const lines = names.flatMap((name) =>
      [...this.snapshots.get(name)?.holds ?? []].map((tag) => `${name}\t${tag}\tSat Nov 28 2026`)
    );
    return { ...OK, stdout: lines.join("\n") };
  }

  #destroy(args: readonly string[]): Ended {
    const [option, name = ""] = args;
    if (option !== "-d" || args.length !== 2 || !/^[^@%,]+@[^@%,]+$/.test(name)) {
      throw new Error(`zfs destroy ${args.join(" ")}: this may destroy anything`);
    }
    const snapshot = this.snapshots.get(name);
    if (snapshot === undefined) {
      return failed("could not find any snapshots to destroy; check snapshot names.");
    }
    if (this.#isMounted(snapshot) && snapshot.holds.size > 0) {
      return failed(
        `cannot destroy snapshot ${name}: it's being held. Run 'zfs holds -r ${name}' to see holders.`,
      );
    }
    if (this.#isMounted(snapshot)) return failed(`cannot destroy '${name}': dataset is busy`);
    snapshot.deferred = true;
    this.#destroyUnused(snapshot);
    return OK;
  }

  #destroyUnused(snapshot: MemorySnapshot): void {
    if (snapshot.holds.size === 0 && snapshot.clones.length === 0) {
      this.snapshots.delete(snapshot.name);
    }
  }

  #isLastHold({ holds, deferred, clones }: MemorySnapshot): boolean {
    return holds.size === 1 && deferred && clones.length === 0;
  }

  #isMounted({ system }: MemorySnapshot): boolean {
    return this.mounts.all.some((mount) => mount.system === system);
  }

  #each(
    names: readonly string[],
    action: string,
    work: (snapshot: MemorySnapshot) => string | undefined,
  ): Ended {
    const errors = names.flatMap((name) => {
      const snapshot = this.snapshots.get(name);
      const error = snapshot === undefined ? "dataset does not exist" : work(snapshot);
      return error === undefined ? [] : [`${action} '${name}': ${error}`];
    });
    return errors.length === 0 ? OK : failed(errors.join("\n"));
  }
}

function failed(stderr: string, code = 1): Ended {
  return { code, stdout: "", stderr };
}

function valueOf(snapshot: MemorySnapshot, property: string) {
  const own: Record<string, string> = {
    guid: snapshot.guid,
    createtxg: snapshot.createtxg,
    defer_destroy: snapshot.deferred ? "on" : "off",
    userrefs: String(snapshot.holds.size),
    clones: snapshot.clones.join(","),
  };
  const value = own[property];
  if (value !== undefined) return { value, source: "-" };
  return snapshot.properties.get(property) ?? { value: "-", source: "-" };
}
