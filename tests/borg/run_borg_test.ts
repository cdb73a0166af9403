import assert from "node:assert/strict";
import { runBorg } from "../../lib/borg/run_borg.ts";
import { searchPath } from "../e2e/program.ts";
import { repositoryWith } from "./repositories.ts";

/**
 * What is put before Borg's own code, so that nothing depends on who is quicker: it writes down what
 * Borg has read of ssh's words. When it is told so, once or always, it lets ssh end first, in the
 * moment between Borg's look whether it may write and the write. That moment is told to ssh: a Borg
 * that has seen its end before writes nothing.
 */
const WATCHED_BORG = `import os
read, write = os.read, os.write
here = os.path.dirname(__file__)
def heard(fd, count):
    data = read(fd, count)
    if fd > 2:
        with open(here + "/heard", "ab") as file: file.write(data)
    return data
def behind(fd, data):
    mark = here + "/ssh-ends-first"
    if fd > 2 and os.path.exists(mark):
        try: os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        except ChildProcessError: return write(fd, data) # before ssh was started
        open(here + "/writes", "w").close()
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        with open(mark) as file: how = file.read()
        if how == "once": os.remove(mark)
    return write(fd, data)
os.read, os.write = heard, behind
`;

/** What Borg makes of a server to which this stands for the way. */
async function listOver(fakeSsh: string, sshEndsFirst?: "once" | "always") {
  const directory = await Deno.makeTempDir();
  await watchBorg(directory);
  if (sshEndsFirst !== undefined) {
    await Deno.writeTextFile(`${directory}/ssh-ends-first`, sshEndsFirst);
  }
  // No real ssh loses what it said just when a test wants it to.
  await Deno.writeTextFile(`${directory}/ssh`, `#!/bin/sh\ncd ${directory}\n${fakeSsh}`);
  await Deno.chmod(`${directory}/ssh`, 0o700);
  const { end } = await runBorg({
    repository: repositoryWith({ url: "ssh://backup@server/./borg" }),
    args: ["list", "--log-json", "ssh://backup@server/./borg"],
    inherited: { PATH: `${directory}:${searchPath()}`, BORG_BASE_DIR: directory },
    signal: new AbortController().signal,
    onLine: () => {},
  });
  const calls = (await Deno.readTextFile(`${directory}/calls`)).length;
  await Deno.remove(directory, { recursive: true });
  assert.ok(end.kind === "failed");
  return { failure: end.failure, calls };
}

/** Has the real Borg begin with some lines of Python. */
async function watchBorg(directory: string): Promise<void> {
  await Deno.writeTextFile(`${directory}/sitecustomize.py`, WATCHED_BORG);
  const script = `#!/bin/sh\nPATH=\${PATH#*:}\nreal=$(command -v borg)\n` +
    `PATH=${directory}:$PATH PYTHONPATH=${directory} exec "$real" "$@"\n`;
  await Deno.writeTextFile(`${directory}/borg`, script);
  await Deno.chmod(`${directory}/borg`, 0o700);
}

/** Says something for people, and waits until Borg has read it. */
function says(text: string): string {
  return `echo '${text}' >&2; until grep -qsF '${text}' heard; do sleep 0.02; done`;
}

const REFUSED = says("ssh: connect to host server port 22: Connection refused");

Deno.test("runBorg() starts Borg again when the reason of a failed connection got lost", async () => {
  const silentAtFirst = `printf x >> calls; test $(wc -c < calls) -gt 1 || exit 255; ${REFUSED}`;
  const { failure, calls } = await listOver(silentAtFirst);
  assert.equal(calls, 2);
  assert.equal(failure.kind, "unreachable");
  assert.match(failure.message, /Connection refused/);
});

Deno.test("runBorg() takes no warning of ssh's for the reason of a failed connection", async () => {
  const warning = says("Warning: Identity file /nokey not accessible: timed out.");
  const { failure, calls } = await listOver(
    `printf x >> calls; ${warning}; test $(wc -c < calls) -gt 1 || exit 255; ${REFUSED}`,
  );
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
  assert.equal(calls, 4);
  assert.equal(failure.kind, "connection-lost");
  assert.match(failure.message, /the connection was closed by the server/);
});

Deno.test("runBorg() starts Borg again when it wrote into the pipe of an ssh that had ended", async () => {
  const { failure, calls } = await listOver(
    `printf x >> calls
    test $(wc -c < calls) -gt 1 || { until test -e writes; do sleep 0.02; done; exit 255; }
    head -c 1 >/dev/null; ${REFUSED}; exit 255`,
    "once",
  );
  assert.equal(calls, 2);
  assert.equal(failure.kind, "unreachable");
  assert.match(failure.message, /Connection refused/);
});

Deno.test("runBorg() calls a connection closed when Borg says nothing but a broken pipe", async () => {
  const { failure, calls } = await listOver("printf x >> calls; exit 255", "always");
  assert.equal(calls, 4);
  assert.equal(failure.message, "the connection was closed by the server");
});

/** As Borg 1.4 ends when ssh ended just before it wrote. */
const BROKEN_14 = `{"type": "log_message", "time": 0, "levelname": "ERROR", ` +
  `"name": "borg.archiver", "message": "Connection to remote host is broken. Broken Pipe", ` +
  `"msgid": "ConnectionBrokenWithHint"}`;
const ASIDE = `{"type": "log_message", "time": 0, "levelname": "WARNING", "name": "root", ` +
  `"message": "Remote: Warning: Identity file /nokey not accessible."}`;
const PROGRESS = `{"type": "progress_percent", "operation": 1, "msgid": "prune", ` +
  `"current": 1, "total": 2, "message": "50%"}`;

for (
  const [when, words, calls, message] of [
    ["had not begun", [ASIDE, BROKEN_14], 4, "the connection was closed by the server"],
    [
      "had begun",
      [PROGRESS, BROKEN_14],
      1,
      "the connection to the server was lost while Borg was running",
    ],
  ] as const
) {
  Deno.test(`runBorg() starts a Borg 1.4 with a broken pipe ${calls} times when it ${when}`, async () => {
    const counter = await Deno.makeTempFile();
    const said = words.map((line) => `echo '${line}' >&2`).join("\n");
    const end = await runFakeBorg(`printf x >> ${counter}\n${said}\nexit 87`);
    assert.ok(end.kind === "failed");
    assert.equal(end.failure.message, message);
    assert.equal((await Deno.readTextFile(counter)).length, calls);
    await Deno.remove(counter);
  });
}

/** What is made of a program that is called borg and does this. */
async function runFakeBorg(script: string) {
  const directory = await Deno.makeTempDir();
  // A real Borg is not broken just when a test wants it to.
  await Deno.writeTextFile(`${directory}/borg`, `#!/bin/sh\n${script}`);
  await Deno.chmod(`${directory}/borg`, 0o700);
  const { end } = await runBorg({
    repository: repositoryWith(),
    args: ["prune"],
    inherited: { PATH: `${directory}:/usr/bin:/bin` },
    signal: new AbortController().signal,
    onLine: () => {},
  });
  await Deno.remove(directory, { recursive: true });
  return end;
}

Deno.test("runBorg() takes no broken installation for a Borg that warns", async () => {
  const broken = [
    ["echo \"env: 'python3': No such file or directory\" >&2; exit 127", /env: 'python3': No such/],
    ["echo \"ModuleNotFoundError: No module named 'borg'\" >&2; exit 1", /No module named 'borg'/],
    ["exit 126", /Borg gave no reason/],
  ] as const;
  for (const [script, says] of broken) {
    const end = await runFakeBorg(script);
    assert.ok(end.kind === "failed", end.kind);
    assert.match(end.failure.message, says);
  }
});

Deno.test("runBorg() takes exit code 1, and 100 to 127, of a Borg that speaks for a warning", async () => {
  const line = '{"type": "log_message", "levelname": "WARNING", "message": "look"}';
  for (const code of [1, 100, 127]) {
    const end = await runFakeBorg(`echo '${line}' >&2; exit ${code}`);
    assert.deepEqual(end, { kind: "warnings" });
  }
});
