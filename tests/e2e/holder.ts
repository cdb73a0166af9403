/**
 * A Borg that keeps others waiting.
 *
 * @module
 */
import assert from "node:assert/strict";
import { passphraseOf, type Place } from "./place.ts";
import { eventually, Running } from "./program.ts";

/** Another borg, which holds the lock of the repository "first" until it is let go of. */
export class Holder implements AsyncDisposable {
  readonly #file: string;
  readonly borg: Running;

  private constructor(file: string, borg: Running) {
    this.#file = file;
    this.borg = borg;
  }

  static async start(place: Place): Promise<Holder> {
    const url = place.at("first.borg");
    const file = await place.write("held", "");
    const env = { ...place.env, BORG_PASSPHRASE: passphraseOf("first") };
    const wait = ["sh", "-c", "while test -e held; do sleep 0.1; done"];
    const borg = new Running(["borg", "with-lock", url, ...wait], { env, cwd: place.directory });
    assert.ok(await eventually(() => isFilled(`${url}/lock.exclusive`), 10_000));
    return new Holder(file, borg);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#file);
    await this.borg.end();
  }
}

function isFilled(directory: string): boolean {
  try {
    return [...Deno.readDirSync(directory)].length > 0;
  } catch {
    return false;
  }
}
