/** Messages that a service did not take yet, one file of JSON a message, in `notify/LABEL/` of the state directory. @module */
import { Spool, type SpoolForm } from "./spool.ts";

/** What a message says of itself, as far as the spool needs it. */
function partsOf(bytes: Uint8Array): { readonly date: string; readonly subject: string } {
  const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (typeof value !== "object" || value === null) throw new TypeError("not a message");
  const { at, title } = { at: undefined, title: undefined, ...value };
  if (typeof at !== "string" || typeof title !== "string") throw new TypeError("not a message");
  return { date: at, subject: title };
}

function formOf(label: string): SpoolForm {
  return {
    folder: `notify/${label}`,
    noun: "message",
    suffix: ".json",
    isWhole(bytes) {
      try {
        return partsOf(bytes).date !== "";
      } catch {
        return false;
      }
    },
    describe: partsOf,
  };
}

/** The waiting messages of one series to one channel. */
export class NotifySpool extends Spool {
  readonly #lockPath: string;

  constructor(stateDir: string, series: string, label: string) {
    super(formOf(label), stateDir, series);
    this.#lockPath = `${this.directory}/${series}.lock`;
  }

  /**
   * Keeps other processes from sending what waits, so that nothing is sent twice.
   *
   * @returns what ends it; `undefined`: another process is sending
   */
  async lock(): Promise<Disposable | undefined> {
    this.makeDirectory();
    const file = await Deno.open(this.#lockPath, { write: true, create: true, mode: 0o600 });
    if (await file.tryLock(true)) return file;
    file.close();
    return undefined;
  }
}
