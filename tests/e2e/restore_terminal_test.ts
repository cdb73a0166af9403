import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Place, repository } from "./place.ts";
import { autoborgCommand, eventually, processesWith, runToEnd, which } from "./program.ts";

/**
 * Runs a program on a terminal of its own and closes that when it has printed something. Prints the
 * exit code; a signal's is negative.
 */
const ON_TERMINAL = `
import os, pty, re, sys
pattern, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
said = b""
while re.search(pattern, said) is None:
    said += os.read(terminal, 65536)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

const NO_PYTHON = which("python3") === undefined ? "python3 is not installed" : undefined;

Deno.test({
  name: `restore ends together with Borg when its terminal is closed${
    NO_PYTHON === undefined ? "" : ` (not run: ${NO_PYTHON})`
  }`,
  ignore: NO_PYTHON !== undefined,
  fn: async () => {
    await using place = await Place.make({
      repositories: [repository("first", { compression: "none" })],
    });
    for (let part = 0; part < 64; part++) {
      await place.write(`source/${part}.bin`, randomBytes(1_048_576));
    }
    await place.init();
    await place.expect(0, "run", "--skip=check,compact,verify");
    const config = `--config=${place.at("config.toml")}`;
    const command = [...autoborgCommand(), "restore", config, "/", "--to=out", "--progress=bar"];
    const start = { env: { ...place.env, TERM: "xterm" }, cwd: place.directory };
    const { stdout, stderr } = await runToEnd(
      ["python3", "-c", ON_TERMINAL, "first .*%", ...command],
      start,
    );
    assert.equal(stdout, "129\n", stderr);
    const alone = () => processesWith(place.directory).length === 0;
    assert.ok(await eventually(alone, 10_000), "no Borg is left");
    await place.borg("first", "list", "--lock-wait=0", place.at("first.borg"));
  },
});
