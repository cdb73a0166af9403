/**
 * What is mounted where.
 *
 * The permission set that autoborg runs under lets nothing below /proc be read, so the table comes
 * from `mount` without a target, which prints `SOURCE on TARGET type TYPE (OPTIONS)` for every line
 * of /proc/self/mountinfo. What it does to odd names (measured with util-linux 2.41): spaces and
 * bytes above 127 are printed as they are, control characters in the TARGET become `?`; in the
 * SOURCE they don't, but a ZFS source has none. A source that happens to exist as a path below the
 * working directory is printed as that path, hence the odd working directory below.
 *
 * @module
 */
import type { RunZfsCommand, ZfsCommandResult } from "./command.ts";

/** A mount table, or the command that failed. */
export type MountTableReading =
  | { readonly kind: "read"; readonly lines: readonly string[] }
  | { readonly kind: "failed"; readonly result: ZfsCommandResult };

// Its entries are numbers, and a pool's name starts with a letter: no source is a path in here.
const NO_SUCH_SOURCES = "/proc/self/fdinfo";

/**
 * Reads the mount table of this process's mount namespace.
 *
 * @param type with a type only its lines, which nobody else can forge: a line break in the source
 *   of a FUSE file system, which every user may mount, does not show
 */
export async function readMountTable(run: RunZfsCommand, type?: "zfs"): Promise<MountTableReading> {
  const result = await run({
    program: "mount",
    args: type === undefined ? [] : ["-t", type],
    cwd: NO_SUCH_SOURCES,
  });
  if (!result.succeeded) return { kind: "failed", result };
  return { kind: "read", lines: result.stdout.split("\n").filter((line) => line !== "") };
}

/** What the table says about a source at a target. */
interface MountedAs {
  readonly readOnly: boolean;
}

/**
 * Looks for exactly this ZFS source at exactly this target. As both are known the line is compared as a
 * whole, and nothing that is in a name can be taken for something else.
 *
 * @returns how it is mounted; `undefined` when it is not
 */
export function findZfsMount(
  lines: readonly string[],
  source: string,
  target: string,
): MountedAs | undefined {
  const start = `${source} on ${asPrinted(target)} type zfs (`;
  for (const line of lines) {
    const options = line.startsWith(start) ? optionsIn(line.slice(start.length)) : undefined;
    if (options !== undefined) return { readOnly: options.includes("ro") };
  }
  return undefined;
}

/**
 * The ZFS source that is mounted at a target.
 *
 * @returns the name of a dataset or snapshot, the topmost if there are several; `undefined` when the target
 *   is not the mount point of a ZFS file system
 */
export function zfsSourceAt(lines: readonly string[], target: string): string | undefined {
  const middle = ` on ${asPrinted(target)} type zfs (`;
  for (const line of lines.toReversed()) {
    const at = line.lastIndexOf(middle);
    if (at > 0 && optionsIn(line.slice(at + middle.length)) !== undefined) return line.slice(0, at);
  }
  return undefined;
}

/** One line of the table, taken apart; good enough for finding candidates, no proof of anything. */
export interface MountLine {
  readonly source: string;
  readonly target: string;
  readonly type: string;
}

/**
 * Takes a line apart at the first ` on /` and the last ` type `. A name that contains these
 * comes out wrong, so the caller must look at the directory itself.
 */
export function parseMountLine(line: string): MountLine | undefined {
  const [, source, target, type] = /^(.*?) on (\/.*) type (\S+) \([^()]*\)$/.exec(line) ?? [];
  if (source === undefined || target === undefined || type === undefined) return undefined;
  return { source, target, type };
}

/** The options at the end of a line; none when the line is no such line. */
export function mountOptions(line: string): readonly string[] {
  return optionsIn(line.slice(line.lastIndexOf("(") + 1)) ?? [];
}

/** The topmost mount at a target, a path without symbolic links; `undefined` when there is none. */
export function mountAt(lines: readonly string[], target: string): MountLine | undefined {
  return mountsAt(lines, target).at(-1);
}

/** All that is mounted at a target. Returns the topmost mount last. */
export function mountsAt(lines: readonly string[], target: string): readonly MountLine[] {
  const middle = ` on ${asPrinted(target)} type `;
  return lines.flatMap((line): readonly MountLine[] => {
    const at = line.lastIndexOf(middle);
    const [, type] = /^(\S+) \([^()]*\)$/.exec(line.slice(at + middle.length)) ?? [];
    return at > 0 && type !== undefined ? [{ source: line.slice(0, at), target, type }] : [];
  });
}

/** A path as `mount` prints it. */
export function asPrinted(path: string): string {
  return [...path].map((c) => c < " " || c === "\x7f" ? "?" : c).join("");
}

function optionsIn(rest: string): readonly string[] | undefined {
  const [, options] = /^([^()]*)\)$/.exec(rest) ?? [];
  return options?.split(",");
}
