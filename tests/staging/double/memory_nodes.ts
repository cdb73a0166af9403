/**
 * Files, directories and file systems in memory.
 *
 * @module
 */

/** A file, directory or link. */
export interface Node {
  ino: number;
  readonly kind: "directory" | "file" | "link";
  /** Of a directory. */
  readonly entries: Map<string, Node>;
  /** The content of a file, the target of a link. */
  text: string;
  readonly mode: number;
}

/** A file system. */
export interface FileSystem {
  readonly dev: number;
  readonly type: string;
  /** What the mount table shows as its source. */
  readonly source: string;
  readonly root: Node;
}

let numbers = 100;

/** A number that nothing else has. */
export function nextNumber(): number {
  return numbers++;
}

/** A new, empty node. */
export function newNode(kind: Node["kind"], text = "", mode = 0o755): Node {
  return { ino: nextNumber(), kind, entries: new Map(), text, mode };
}

/** A new file system with these files; a path that ends with a slash is an empty directory. */
export function newFileSystem(
  type: string,
  source: string,
  files: Readonly<Record<string, string>> = {},
): FileSystem {
  const root = newNode("directory");
  for (const [path, text] of Object.entries(files)) {
    const names = path.split("/").filter((name) => name !== "");
    const last = path.endsWith("/") ? undefined : names.pop();
    let node = root;
    for (const name of names) {
      const next = node.entries.get(name) ?? newNode("directory");
      node.entries.set(name, next);
      node = next;
    }
    if (last === undefined) continue;
    const link = text.startsWith("-> ");
    node.entries.set(last, newNode(link ? "link" : "file", link ? text.slice(3) : text));
  }
  return { dev: nextNumber(), type, source, root };
}

/** A copy at one moment: everything but the root keeps its number, as in a snapshot of ZFS. */
export function frozenCopy(system: FileSystem, source: string): FileSystem {
  const copy = (node: Node): Node => ({
    ...node,
    entries: new Map([...node.entries].map(([name, entry]) => [name, copy(entry)])),
  });
  const root = copy(system.root);
  root.ino = nextNumber();
  return { dev: nextNumber(), type: system.type, source, root };
}

/** Thrown with the messages that Deno has for them. */
export function systemError(text: string, number: number): Error {
  return new Error(`${text} (os error ${number})`);
}
