import assert from "node:assert/strict";
import fc from "fast-check";
import { formatArchiveName } from "../../lib/archive_name.ts";
import { expiredLogs, logFileName, removeExpiredLogs } from "../../lib/report/log_retention.ts";

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
