import assert from "node:assert/strict";
import { runBorg } from "../../lib/borg/run_borg.ts";
import { repositoryWith } from "./repositories.ts";

/** What Borg makes of a server to which this stands for the way. */
async function listOver(fakeSsh: string) {
  const directory = await Deno.makeTempDir();
  // No real ssh loses what it said just when a test wants it to.
  await Deno.writeTextFile(`${directory}/ssh`, `#!/bin/sh\ncd ${directory}\n${fakeSsh}`);
  await Deno.chmod(`${directory}/ssh`, 0o700);
  const { end } = await runBorg({
    repository: repositoryWith({ url: "ssh://backup@server/./borg" }),
    args: ["list", "--log-json", "ssh://backup@server/./borg"],
    outer: { PATH: `${directory}:${Deno.env.get("PATH") ?? ""}`, BORG_BASE_DIR: directory },
    signal: new AbortController().signal,
    onLine: () => {},
  });
  const calls = (await Deno.readTextFile(`${directory}/calls`)).length;
  await Deno.remove(directory, { recursive: true });
  assert.ok(end.kind === "failed");
  return { failure: end.failure, calls };
}

const REFUSED = "echo 'ssh: connect to host server port 22: Connection refused' >&2; sleep 0.3";

Deno.test("runBorg() starts Borg again when the reason of a failed connection got lost", async () => {
  const silentAtFirst = `printf x >> calls; test $(wc -c < calls) -gt 1 || exit 255; ${REFUSED}`;
  const { failure, calls } = await listOver(silentAtFirst);
  assert.equal(calls, 2);
  assert.equal(failure.kind, "unreachable");
  assert.match(failure.message, /Connection refused/);
});

Deno.test("runBorg() starts Borg once when the reason is known", async () => {
  const { failure, calls } = await listOver(`printf x >> calls; ${REFUSED}`);
  assert.equal(calls, 1);
  assert.equal(failure.kind, "unreachable");
});

Deno.test("runBorg() gives up on a server that never says a word", async () => {
  const { failure, calls } = await listOver("printf x >> calls; exit 255");
  assert.equal(calls, 3);
  assert.equal(failure.kind, "other");
  assert.match(failure.message, /the connection was closed by the server/);
});
