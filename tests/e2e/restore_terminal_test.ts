import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { Place, QUICK, repository } from "./place.ts";
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

/** Runs a program on a terminal of its own and answers its question. Prints what it says, and its exit code. */
const ANSWERING = `
import os, pty, sys
answer, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
said = b""
asked = False
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    said += part
    if not asked and b"(y/N)" in said:
        asked = True
        os.write(terminal, answer)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(said.decode(), code)
`;

Deno.test({
  name: `restore --overwrite in place asks on a terminal, and Ctrl-C is an answer${
    NO_PYTHON === undefined ? "" : ` (not run: ${NO_PYTHON})`
  }`,
  ignore: NO_PYTHON !== undefined,
  fn: async () => {
    await using place = await Place.quick();
    await place.init();
    await place.expect(0, "run");
    const file = place.at("source/one.txt");
    const before = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, "changed");
    const config = `--config=${place.at("config.toml")}`;
    const command = [...autoborgCommand(), "restore", config, file, "--overwrite"];
    const start = { env: { ...place.env, TERM: "xterm" }, cwd: place.directory };
    const answered = async (answer: string) =>
      (await runToEnd(["python3", "-c", ANSWERING, answer, ...command], start)).stdout;
    assert.match(await answered("n\n"), /replace .*one\.txt.*nothing was written\r\n 2\n$/s);
    assert.match(await answered("\x03"), /error: Interrupted\r\n 130\n$/s);
    assert.equal(await Deno.readTextFile(file), "changed");
    assert.match(await answered("y\n"), /restored 1 file .*\r\n 0\n$/s);
    assert.equal(await Deno.readTextFile(file), before);
    await Deno.writeTextFile(file, "changed");
    await place.expect(64, "restore", file, "--overwrite");
    await place.expect(0, "restore", file, "--overwrite", "--yes");
    assert.equal(await Deno.readTextFile(file), before);
  },
});

Deno.test({
  name: `restore asks on a terminal before it replaces a database${
    NO_PYTHON === undefined ? "" : ` (not run: ${NO_PYTHON})`
  }`,
  ignore: NO_PYTHON !== undefined,
  fn: async () => {
    await using place = await Place.quick();
    const path = await place.write("wiki.sqlite", "");
    {
      using database = new DatabaseSync(path);
      database.exec("CREATE TABLE page (text TEXT); INSERT INTO page VALUES ('old')");
    }
    const databases = [{ label: "wiki", kind: "sqlite", databases: [path] }];
    await place.configure({ ...QUICK, databases });
    await place.init();
    await place.expect(0, "run");
    const pageOf = () => {
      using database = new DatabaseSync(path);
      return database.prepare("SELECT text FROM page").get()?.text;
    };
    {
      using database = new DatabaseSync(path);
      database.exec("UPDATE page SET text = 'new'");
    }
    const config = `--config=${place.at("config.toml")}`;
    const what = ["restore", config, "--database=wiki", "--into", path, "--overwrite"];
    const start = { env: { ...place.env, TERM: "xterm" }, cwd: place.directory };
    const answered = async (answer: string) => {
      const command = ["python3", "-c", ANSWERING, answer, ...autoborgCommand(), ...what];
      return (await runToEnd(command, start)).stdout;
    };
    const refused = await answered("n\n");
    assert.match(refused, /holds 1 table, about 1 row, [\d.]+ KiB; it is replaced/);
    assert.match(refused, /nothing was restored/);
    assert.equal(pageOf(), "new");
    await answered("y\n");
    assert.equal(pageOf(), "old");
  },
});
