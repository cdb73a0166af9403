import assert from "node:assert/strict";
import fc from "fast-check";
import { formatArchiveName } from "../../../lib/text/archive_name.ts";
import {
  expiredLogs,
  logFileName,
  removeExpiredLogs,
} from "../../../lib/report/log/log_retention.ts";

function logName(series: string, second: number): string {
  const startedAt = new Date(second * 1_000);
  return logFileName(formatArchiveName({ series, startedAt, runId: "0123abcd" }));
}

Deno.test("expiredLogs() picks the oldest of its series and keeps the newest", () => {
  const names = [3, 1, 4, 2].map((second) => logName("web", second));
  const expected = [logName("web", 2), logName("web", 1)];
  assert.deepEqual(expiredLogs(names, "web", 2), expected);
});

Deno.test("expiredLogs() never picks what is not exactly ours", () => {
  const ours = logName("web", 1);
  const foreign = [
    logName("web-db", 1),
    logName("w", 1),
    ours.replace(/\.log$/, ""),
    `${ours}.gz`,
    `x${ours}`,
    ours.toUpperCase(),
    "web.log",
    "",
    ".log",
  ];
  assert.deepEqual(expiredLogs([...foreign, ours], "web", 0), [ours]);
});

Deno.test("expiredLogs() never picks any other name, whatever it is", () => {
  fc.assert(fc.property(fc.array(fc.string()), (names) => {
    assert.deepEqual(expiredLogs(names, "web", 0), []);
  }));
});

Deno.test("removeExpiredLogs() removes files alone, and says how many", async () => {
  const directory = await Deno.makeTempDir();
  const [oldest, middle, newest] = [1, 2, 3].map((second) => logName("web", second));
  for (const name of [oldest, newest, "notes.txt"]) {
    await Deno.writeTextFile(`${directory}/${name}`, "");
  }
  await Deno.mkdir(`${directory}/${middle}`);
  assert.equal(await removeExpiredLogs(directory, "web", 1), 1);
  const left = [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
  assert.deepEqual(left, ["notes.txt", middle, newest].toSorted());
  await Deno.remove(directory, { recursive: true });
});

Deno.test("removeExpiredLogs() throws when the directory can't be read", async () => {
  await assert.rejects(
    removeExpiredLogs("/no/such/directory", "web", 1),
    /^AppError: Cannot remove old logs from "\/no\/such\/directory": it does not exist$/,
  );
});

Deno.test("expiredLogs() never picks the log of the run in progress", () => {
  const future = [1, 2, 3].map((day) => logName("web", Date.UTC(2036, 0, day) / 1_000));
  const running = logName("web", Date.UTC(2026, 10, 22) / 1_000);
  const before = logName("web", Date.UTC(2026, 10, 21) / 1_000);
  const names = [...future, before, running];
  const order = { running, known: [] };
  assert.deepEqual(expiredLogs(names, "web", 2, order).toSorted(), future);
  assert.ok(!expiredLogs(names, "web", 0, order).includes(running));
  const past = { running: before, known: [] };
  assert.ok(!expiredLogs([running, before], "web", 1, past).includes(before));
});

Deno.test("expiredLogs() follows the order of the runs, not their dates", () => {
  const days = [5, 1, 9, 2];
  const logs = days.map((day) => {
    const startedAt = new Date(Date.UTC(2026, 0, day));
    return logFileName(formatArchiveName({ series: "web", startedAt, runId: `0000000${day}` }));
  });
  const [running = "", ...rest] = logs;
  const known = days.slice(1).map((day) => `0000000${day}`);
  assert.deepEqual(expiredLogs(logs, "web", 3, { running, known }), rest.slice(2));
});

Deno.test("expiredLogs() leaves as many as are to stay, whatever the clock did", () => {
  const seconds = fc.uniqueArray(fc.nat(4_000_000_000), { minLength: 1, maxLength: 9 });
  fc.assert(fc.property(seconds, fc.integer({ min: 1, max: 9 }), fc.nat(8), (times, keep, at) => {
    const names = times.map((second) => logName("web", second));
    const running = names[at % names.length] ?? "";
    const expired = expiredLogs(names, "web", keep, { running, known: [] });
    assert.equal(names.length - expired.length, Math.min(keep, names.length));
    assert.ok(!expired.includes(running));
  }));
});

Deno.test("removeExpiredLogs() removes the others when one can't be removed", async () => {
  const directory = await Deno.makeTempDir();
  const names = [1, 2, 3].map((second) => logName("web", second));
  for (const name of names) await Deno.writeTextFile(`${directory}/${name}`, "");
  const remove = Deno.remove;
  Deno.remove = (path, options) =>
    `${path}`.endsWith(names[0] ?? "")
      ? Promise.reject(new Error("not so"))
      : remove(path, options);
  await assert.rejects(removeExpiredLogs(directory, "web", 1), /not so/);
  Deno.remove = remove;
  const left = [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
  assert.deepEqual(left, [names[0], names[2]]);
  await Deno.remove(directory, { recursive: true });
});
