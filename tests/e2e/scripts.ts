/**
 * Tests of what lies in `scripts/` and does not start autoborg.
 *
 * @module
 */
import { BINARY, which } from "./program.ts";

/**
 * A test that is the same whichever autoborg is tested, so that one time is enough.
 *
 * @param name its name
 * @param fn the test
 * @param needed a program without which it can't be run
 */
export function scriptTest(name: string, fn: () => Promise<void>, needed?: string): void {
  const why = BINARY !== undefined
    ? "it does not start autoborg"
    : needed !== undefined && which(needed) === undefined
    ? `${needed} is not installed`
    : undefined;
  const suffix = why === undefined ? "" : ` (not run: ${why})`;
  Deno.test({ name: `${name}${suffix}`, ignore: why !== undefined, fn });
}
