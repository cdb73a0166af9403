import assert from "node:assert/strict";
import { Place } from "./place.ts";
import { autoborgCommand, BINARY, ROOT, runToEnd, which } from "./program.ts";

const whyNot = BINARY === undefined
  ? "it is not compiled"
  : which("strace") === undefined
  ? "strace is not installed"
  : undefined;

const title = "the compiled program opens nothing below /tmp, TMPDIR or the working directory";

/** The first directory on the search path; the checkout may lie below /tmp. */
const QUICK_BORG = `${ROOT}tests/e2e/untested_borg`;

/** A call that is given a path, with that path. */
const CALL = /^\d+ +(\w+)\((?:AT_FDCWD, |\d+<[^>]*>, )?"([^"]*)"/;

Deno.test({
  // Byte code that any user may have put into /tmp would be executed.
  name: whyNot === undefined ? title : `${title} (not run: ${whyNot})`,
  ignore: whyNot !== undefined,
  async fn() {
    await using place = await Place.quick();
    await place.init();
    const temporary = place.at("temporary");
    const elsewhere = place.at("elsewhere");
    for (const directory of [temporary, elsewhere]) await Deno.mkdir(directory);
    // What a runtime might look for beside itself or in the working directory.
    for (const name of [".env", "deno.json", "package.json", ".npmrc"]) {
      await place.write(`elsewhere/${name}`, "{}");
    }
    const binary = BINARY ?? "";
    const isOwn = (path: string) =>
      [place.directory, binary, QUICK_BORG].some((own) => `${own}/`.startsWith(`${path}/`)) ||
      path.startsWith(`${QUICK_BORG}/`) ||
      (path.startsWith(`${place.directory}/`) && !/\/(?:temporary|elsewhere)\//.test(`${path}/`));
    const isForeign = (path: string) =>
      !path.startsWith("/") || /\/(?:temporary|elsewhere)\//.test(`${path}/`) ||
      (path.startsWith("/tmp/") && !isOwn(path));
    const config = `--config=${place.at("config.toml")}`;
    const verbs = [["--version"], ["--help"], ["status", config], ["check-config", config], [
      "run",
      config,
    ]];
    for (const verb of verbs) {
      const trace = place.at("trace");
      const command = ["strace", "-f", "-e", "trace=%file,execve", "-o", trace];
      const env = { ...place.env, TMPDIR: temporary };
      await runToEnd([...command, ...autoborgCommand(), ...verb], { env, cwd: elsewhere });
      const found = ofProgram(await Deno.readTextFile(trace)).filter(isForeign);
      assert.deepEqual(found, [], verb.join(" "));
    }
  },
});

/** The paths that the program itself was at, without those of the programs that it started. */
function ofProgram(trace: string): string[] {
  const others = new Set<string>();
  const lines = trace.split("\n");
  for (const [index, line] of lines.entries()) {
    const [pid = ""] = line.split(" ");
    if (index > 0 && line.includes(" execve(")) others.add(pid);
  }
  return lines.flatMap((line) => {
    const [pid = ""] = line.split(" ");
    const [, call, path = ""] = CALL.exec(line) ?? [];
    return path === "" || call === "getcwd" || others.has(pid) ? [] : [path];
  });
}
