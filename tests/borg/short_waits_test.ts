import assert from "node:assert/strict";
import { runPatiently } from "../../lib/borg/short_waits.ts";
import { logLine } from "./double.ts";
import { ProgramsDouble } from "../process/double.ts";
import { repositoryWith } from "./repositories.ts";

const AWAY = {
  code: 2,
  stderr: [
    logLine("WARNING", "Remote: ssh: connect to host server port 22: Connection refused"),
    logLine("ERROR", "Connection closed by remote host.", "ConnectionClosedWithHint"),
  ],
};
const LOST = { code: 2, stderr: [logLine("ERROR", "Connection closed", "ConnectionClosed")] };

/** Lists a repository whose Borg ends one way after the other. */
async function list(ends: readonly object[], retry: { readonly waits: number[] } | undefined, {
  isRepeatable = false,
  lines = [] as string[],
} = {}) {
  const waits: number[] = [];
  const programs = new ProgramsDouble({});
  let calls = 0;
  programs.set("borg list", () => ends[calls++] ?? {});
  const { end } = await runPatiently({
    repository: repositoryWith({ url: "ssh://server/r", retry }),
    args: ["list"],
    inherited: {},
    start: programs.start,
    signal: new AbortController().signal,
    onLine: () => {},
    onStdoutLine: (line) => void lines.push(line),
    isRepeatable,
  }, (time) => Promise.resolve(void waits.push(time)));
  return { end: end.kind, waits, calls };
}

Deno.test("runPatiently() waits a moment when the server is away, and shorter when that is configured", async () => {
  const day = { waits: [60_000, 300_000, 900_000] };
  const away = await list([AWAY, AWAY, AWAY], day);
  assert.deepEqual(away, { end: "failed", waits: [1_000, 4_000], calls: 3 });
  const back = await list([AWAY], { waits: [50, 60] });
  assert.deepEqual(back, { end: "success", waits: [50], calls: 2 });
});

Deno.test("runPatiently() tries once when the configuration says so, or the failure does not pass", async () => {
  assert.equal((await list([AWAY], { waits: [] })).calls, 1);
  assert.equal((await list([AWAY], undefined)).calls, 1);
  const wrong = { code: 2, stderr: [logLine("ERROR", "wrong", "PassphraseWrong")] };
  assert.equal((await list([wrong], { waits: [1_000] })).calls, 1);
});

Deno.test("runPatiently() does nothing again that was heard in part, unless that may be repeated", async () => {
  const cut = { ...LOST, stdout: "one\n" };
  assert.deepEqual(await list([cut], { waits: [5] }), { end: "failed", waits: [], calls: 1 });
  const again = await list([cut, { stdout: "one\ntwo\n" }], { waits: [5] }, { isRepeatable: true });
  assert.deepEqual(again, { end: "success", waits: [5], calls: 2 });
});
