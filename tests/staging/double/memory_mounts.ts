/**
 * What is mounted where: the part of the kernel that staging meets.
 *
 * @module
 */
import { type FileSystem, newNode, type Node, systemError } from "./memory_nodes.ts";

/** A mount. */
export interface Mount {
  readonly system: FileSystem;
  /** What of the file system is shown. */
  readonly root: Node;
  readonly parent: Mount | undefined;
  /** The directory or file of the parent that it covers. */
  readonly point: Node | undefined;
  /** As the mount table prints it. */
  readonly target: string;
  readonly options: string;
  readonly readOnly: boolean;
  /** Mounts that are made and removed together with those below this one. */
  peers: Set<Mount>;
}

/** Where a path leads. */
export interface Place {
  readonly mount: Mount;
  readonly node: Node;
}

/** The mounts of one namespace. */
export class Mounts {
  /** In the order in which they were made. */
  readonly all: Mount[] = [];

  /** @param root what is mounted at `/` */
  constructor(root: FileSystem) {
    this.#add({ system: root, root: root.root, parent: undefined, point: undefined, target: "/" });
  }

  /** Follows a path; the last link of it is followed if `follow` is set. */
  find(path: string, follow = true): Place {
    let steps = 0;
    const names = path.split("/").filter((name) => name !== "");
    let at = this.#down(this.#root());
    let walked = "";
    while (names.length > 0) {
      const name = names.shift() ?? "";
      if (at.node.kind !== "directory") throw new Deno.errors.NotADirectory("Not a directory");
      const node = at.node.entries.get(name) ?? hidden(at, name);
      if (node === undefined) {
        throw new Deno.errors.NotFound("No such file or directory (os error 2)");
      }
      if (node.kind === "link" && (names.length > 0 || follow)) {
        if (steps++ > 20) throw systemError("Too many levels of symbolic links", 40);
        const target = node.text.startsWith("/") ? node.text : `${walked}/${node.text}`;
        names.unshift(...target.split("/").filter((part) => part !== ""));
        at = this.#down(this.#root());
        walked = "";
        continue;
      }
      walked = `${walked}/${name}`;
      at = this.#down({ mount: at.mount, node });
    }
    return at;
  }

  /** The path without links. */
  realPath(path: string): string {
    this.find(path);
    const names = path.split("/").filter((name) => name !== "");
    let real = "";
    for (let steps = 0; names.length > 0 && steps < 100; steps++) {
      const name = names.shift() ?? "";
      const { node } = this.find(`${real}/${name}`, false);
      if (node.kind !== "link") real = `${real}/${name}`;
      else {
        const target = node.text.startsWith("/") ? node.text : `${real}/${node.text}`;
        names.unshift(...target.split("/").filter((part) => part !== ""));
        real = "";
      }
    }
    return real === "" ? "/" : real;
  }

  /** Mounts a file system, or the part of it that `root` is. */
  mount(
    system: FileSystem,
    target: string,
    how: { readonly options?: string; readonly readOnly?: boolean; readonly root?: Node } = {},
  ): Mount {
    const { mount: parent, node: point } = this.find(target);
    const root = how.root ?? system.root;
    return this.#add({ system, root, parent, point, target, ...how });
  }

  /** Shows what is at a path at another one as well; it shares what is mounted there. */
  bind(source: string, target: string, recursive: boolean, readOnly = true): Mount {
    const from = this.find(source);
    const options = readOnly ? "ro,nosuid,nodev,noexec,relatime" : "rw,relatime";
    const made = this.mount(from.mount.system, target, { root: from.node, options, readOnly });
    share(made, from.mount);
    if (recursive) this.#bindBelow(from, made);
    return made;
  }

  /** Nothing that is mounted or unmounted below a mount and those in it reaches others any more. */
  makePrivate(mount: Mount): void {
    for (const one of [mount, ...this.below(mount)]) {
      one.peers.delete(one);
      one.peers = new Set([one]);
    }
  }

  /** Unmounts one, and with it what its parent's peers have at the same place. */
  unmount(mount: Mount): void {
    const { parent, point } = mount;
    const gone = new Set([mount]);
    for (const peer of parent?.peers ?? []) {
      const same = this.all.findLast((one) =>
        peer !== parent && one.parent === peer && one.point === point
      );
      if (same !== undefined) gone.add(same);
    }
    for (const one of gone) {
      this.all.splice(this.all.indexOf(one), 1);
      one.peers.delete(one);
    }
  }

  /** Everything that is mounted below a mount, the outermost first. */
  below(mount: Mount): readonly Mount[] {
    const inside = (one: Mount | undefined): boolean =>
      one !== undefined && (one.parent === mount || inside(one.parent));
    return this.all.filter(inside);
  }

  /** The lines of the mount table. */
  lines(type?: string): readonly string[] {
    return this.all.filter(({ system }) => type === undefined || system.type === type)
      .map(({ system, target, options }) =>
        `${system.source} on ${target} type ${system.type} (${options})`
      );
  }

  #bindBelow(from: Place, made: Mount): void {
    const pathTo = (node: Node, path: string): Map<Node, string> =>
      new Map([
        [node, path],
        ...[...node.entries].flatMap(([name, entry]) => [...pathTo(entry, `${path}/${name}`)]),
      ]);
    const paths = pathTo(from.node, "");
    for (const child of this.all.filter(({ parent }) => parent === from.mount)) {
      const path = child.point === undefined ? undefined : paths.get(child.point);
      if (path === undefined || path === "" || child === made || child.parent === made) continue;
      const { system, root, options, readOnly, point } = child;
      const target = `${made.target}${path}`;
      const copy = this.#add({ system, root, parent: made, point, target, options, readOnly });
      share(copy, child);
      this.#bindBelow({ mount: child, node: child.root }, copy);
    }
  }

  #add(
    mount:
      & Pick<Mount, "system" | "root" | "parent" | "point" | "target">
      & Partial<Pick<Mount, "options" | "readOnly">>,
  ): Mount {
    const added: Mount = {
      options: "rw,relatime",
      readOnly: false,
      ...mount,
      peers: new Set(),
    };
    added.peers.add(added);
    this.all.push(added);
    return added;
  }

  #root(): Place {
    const [mount] = this.all;
    if (mount === undefined) throw new Error("there is no root");
    return { mount, node: mount.root };
  }

  #down(place: Place): Place {
    const over = this.all.findLast(({ parent, point }) =>
      parent === place.mount && point === place.node
    );
    return over === undefined ? place : this.#down({ mount: over, node: over.root });
  }
}

function share(one: Mount, other: Mount): void {
  other.peers.add(one);
  one.peers = other.peers;
}

/** The root of a ZFS file system has a directory that no listing shows. */
function hidden({ mount, node }: Place, name: string): Node | undefined {
  return name === ".zfs" && mount.system.type === "zfs" && node === mount.system.root
    ? newNode("directory")
    : undefined;
}
