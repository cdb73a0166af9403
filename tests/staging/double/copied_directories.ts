/** A made-up source of snapshots: it copies directories of ext4, in the memory of a machine. */
import type { SnapshotSource } from "../../../lib/staging/snapshot_source.ts";
import type { Machine } from "./machine.ts";
import { type FileSystem, frozenCopy } from "./memory_nodes.ts";

/** The source, and its copies by their full names. */
export function copiedDirectories({ mounts }: Machine, copies: Map<string, FileSystem>) {
  const source: SnapshotSource = {
    name: "copies",
    discover(_tools, { label }, paths) {
      const own = paths.filter((path) => mounts.find(path).mount.system.type === "ext4");
      const below = (path: string) =>
        mounts.all.map(({ target }) => target).filter((target) => target.startsWith(`${path}/`));
      const directories = own.map((path) => ({
        ...{ path, dataset: path, mountpoint: path },
        ...{ nestedDatasets: [], nestedMounts: below(path) },
      }));
      const snapshotted = own.map((path) => ({
        ...{ source: "copies", name: path, snapshot: `${path}@${label}` },
        ...{ mountpoint: path, mounted: true },
      }));
      const pool = { pool: "ext4", listed: undefined, selected: [], snapshotted };
      const pools = [{ ...pool, problems: [], failures: new Map() }];
      return Promise.resolve({ directories, pools, problems: [] });
    },
    async take({ run }, targets) {
      await run({ program: "mount", args: [] });
      for (const { name, snapshot } of targets) {
        const { mount, node } = mounts.find(name);
        copies.set(snapshot, frozenCopy({ ...mount.system, root: node }, snapshot));
      }
      return new Map();
    },
    secure: () => Promise.resolve({ failures: new Map(), marked: [] }),
    async mount({ run }, { snapshot }, path) {
      await run({ program: "mount", args: [] });
      const copy = copies.get(snapshot);
      if (copy === undefined) return { reason: "there is no copy", hint: "Look for it" };
      mounts.mount(copy, path, { options: "ro", readOnly: true });
    },
    inspect: (_tools, inspected) =>
      Promise.resolve(inspected.map(({ of, path }) => {
        const isThere = mounts.find(path).mount.system === copies.get(of.snapshot);
        return isThere ? { warnings: [] } : { fault: "it is not there", warnings: [] };
      })),
    shownIn: (line) => copies.has(line.source) ? line.source : undefined,
    async release({ run }, { snapshots, mounted }) {
      await run({ program: "mount", args: [] });
      const remaining = snapshots.filter(({ name }) => mounted.has(name));
      for (const { name } of snapshots) if (!mounted.has(name)) copies.delete(name);
      return { remaining, problems: [] };
    },
    rehearse: async ({ run }) => void await run({ program: "mount", args: [] }),
  };
  return source;
}
