/**
 * A place as it was at some time, which comes back with the same path: what Borg and autoborg know of
 * a repository goes by its path.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exists, Place, type Table } from "./place.ts";
import { runToEnd } from "./program.ts";

/** A place that was saved; it is removed when all tests of the file are over. */
export class SavedPlace {
  private constructor(
    readonly copy: string,
    readonly directory: string,
    readonly tables: Table,
  ) {}

  /**
   * Saves a place that nothing is at work in.
   *
   * @param place the place
   * @param tables the tables of its configuration
   */
  static async save({ directory, env }: Place, tables: Table): Promise<SavedPlace> {
    const copy = await Deno.makeTempDir({ prefix: "autoborg-e2e-saved-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(copy, { recursive: true }));
    await copyTree(directory, copy, env);
    return new SavedPlace(copy, directory, tables);
  }

  /** Brings the place back; `undefined` while a test still has it. */
  async restore(): Promise<Place | undefined> {
    if (exists(this.directory)) return undefined;
    await Deno.mkdir(this.directory, { mode: 0o700 });
    const place = await Place.of(this.directory, this.tables);
    await copyTree(this.copy, this.directory, place.env);
    return place;
  }
}

async function copyTree(from: string, to: string, env: Place["env"]): Promise<void> {
  const { code, stderr } = await runToEnd(["cp", "-a", `${from}/.`, to], { env });
  assert.equal(code, 0, stderr);
}
