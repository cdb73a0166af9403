import manifest from "../../deno.json" with { type: "json" };

/** The version of this program, from `deno.json`. */
export const VERSION: string = manifest.version;

/** What `scripts/compile.ts` knows when it makes an executable. */
export interface Build {
  /** The day on which it was made, in UTC: `2026-11-23`. */
  readonly date: string;
  /** The commit it was made from, `-dirty` if something was changed; absent outside of git. */
  readonly commit?: string;
}

/**
 * What `--version` says, such as
 * `autoborg 0.1.0, built 2026-11-23 from 1a2b3c4d for x86_64, Deno 2.9.6`.
 *
 * @param build how the executable was made; absent when the program runs from source
 */
export function versionLine(build?: Build): string {
  const from = build?.commit === undefined ? "" : ` from ${build.commit}`;
  const made = build === undefined ? "from source" : `built ${build.date}${from}`;
  return `autoborg ${VERSION}, ${made} for ${Deno.build.arch}, Deno ${Deno.version.deno}`;
}

/** Whether only the version is asked for, which is answered before anything else is loaded. */
export function asksForVersion(args: readonly string[]): boolean {
  const [first = "", ...others] = args;
  return others.length === 0 && ["--version", "-v", "-V", "version"].includes(first);
}
