import assert from "node:assert/strict";
import { LogWriter } from "../../../lib/report/log/log_writer.ts";

/** A log that is written without pauses between two tries. */
class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  readonly path: string = `${this.directory}/logs/a.log`;
  readonly writer: LogWriter = new LogWriter(this.path, 0);

  text(): string {
    return Deno.readTextFileSync(this.path);
  }

  [Symbol.dispose](): void {
    this.writer.close();
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** Lets every write fail after some bytes, as a full disk does. */
class FullDisk implements Disposable {
  readonly #write = Deno.FsFile.prototype.writeSync;

  constructor(room: number) {
    let left = room;
    const original = this.#write;
    Deno.FsFile.prototype.writeSync = function (this: Deno.FsFile, bytes: Uint8Array): number {
      if (left === 0) throw new Error("No space left on device (os error 28)");
      const part = bytes.subarray(0, left);
      left -= part.length;
      return original.call(this, part);
    };
  }

  [Symbol.dispose](): void {
    Deno.FsFile.prototype.writeSync = this.#write;
  }
}

const TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d\\d:\\d\\d";

Deno.test("LogWriter says nothing when all was written", () => {
  using place = new Place();
  place.writer.begin();
  place.writer.append("one\n");
  place.writer.flush();
  assert.equal(place.writer.problem, undefined);
  assert.equal(place.text(), "one\n");
});

Deno.test("LogWriter says since when the disk is full, in the same object", () => {
  using place = new Place();
  place.writer.begin();
  place.writer.append("one\n");
  {
    using _full = new FullDisk(0);
    for (const text of ["two\n", "three\n"]) place.writer.append(text);
    const problem = place.writer.problem;
    const said = new RegExp(
      `^The log ".*a\\.log" is incomplete: No space left .*, nothing could be written since ${TIME}$`,
    );
    assert.match(problem?.message ?? "", said);
    assert.equal(place.writer.problem, problem);
  }
  assert.equal(place.text(), "one\n");
});

Deno.test("LogWriter goes on when there is space again, and says how much is missing", () => {
  using place = new Place();
  place.writer.begin();
  {
    using _full = new FullDisk(5);
    for (const text of ["one\n", "two\n", "three\n"]) place.writer.append(text);
  }
  place.writer.append("four\n");
  const mark = `\\S+ WARNING 2 entries are missing here, since ${TIME}: No space left .*`;
  assert.match(place.text(), new RegExp(`^one\\nt\\n${mark}\\nfour\\n$`));
  const said = new RegExp(
    `incomplete: No space left .*, 2 entries are missing from ${TIME} to ${TIME}$`,
  );
  assert.match(place.writer.problem?.message ?? "", said);
});

Deno.test("LogWriter makes a file later that could not be made at first", () => {
  using place = new Place();
  Deno.writeTextFileSync(`${place.directory}/logs`, "in the way");
  place.writer.begin();
  place.writer.append("one\n");
  assert.match(place.writer.problem?.message ?? "", /^Cannot create the log file ".*a\.log": /);
  Deno.removeSync(`${place.directory}/logs`);
  place.writer.append("two\n");
  assert.match(place.text(), /^\S+ WARNING 1 entry is missing here, since .*\ntwo\n$/);
  assert.match(place.writer.problem?.message ?? "", /is incomplete: .*, 1 entry is missing from /);
});

Deno.test("LogWriter begins anew when the file was removed, and says so", () => {
  using place = new Place();
  place.writer.begin();
  place.writer.append("one\n");
  Deno.removeSync(`${place.directory}/logs`, { recursive: true });
  place.writer.flush();
  place.writer.append("two\n");
  assert.match(
    place.text(),
    /^\S+ WARNING The log was moved or removed; it continues here\ntwo\n$/,
  );
  assert.match(place.writer.problem?.message ?? "", /is incomplete: the file was moved or removed/);
});

Deno.test("LogWriter leaves another file at its place alone, and says so", () => {
  using place = new Place();
  place.writer.begin();
  Deno.removeSync(place.path);
  Deno.writeTextFileSync(place.path, "foreign");
  place.writer.flush();
  place.writer.append("one\n");
  assert.equal(place.text(), "foreign");
  assert.match(place.writer.problem?.message ?? "", /another file had taken its place at /);
});

Deno.test("LogWriter says when what was written did not reach the disk", () => {
  using place = new Place();
  place.writer.begin();
  place.writer.append("one\n");
  const original = Deno.FsFile.prototype.syncSync;
  Deno.FsFile.prototype.syncSync = () => {
    throw new Error("Input/output error (os error 5)");
  };
  place.writer.flush();
  Deno.FsFile.prototype.syncSync = original;
  assert.match(
    place.writer.problem?.message ?? "",
    /is incomplete: Input\/output error .*, at \S+ \S+ \S+: entries before that may be missing$/,
  );
});
