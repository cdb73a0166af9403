import assert from "node:assert/strict";
import { buildApplication, buildRouteMap, run } from "@stricli/core";
import { runCommandLine } from "../../../lib/cli/app.ts";
import { routes } from "../../../lib/cli/command_tree.ts";
import { readBashLine } from "../../../lib/cli/completion/bash_line.ts";
import { EXAMPLES } from "../../../lib/cli/help/examples.ts";
import { helpOf } from "../../../lib/cli/help/help.ts";
import { verbsOf } from "../../../lib/cli/help/verb_tree.ts";
import { commandManual } from "../../../lib/cli/manual/command_manual.ts";
import { VERSION } from "../../../lib/cli/version.ts";
import { contextWith } from "../outside.ts";

const VERBS = verbsOf(routes);
const NAMES = VERBS.map(({ name }) => name);

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function say(...args: string[]): Promise<Said> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    variable: () => undefined,
    print: (text) => out += text,
    tell: (text) => err += text,
    catchUncaught: () => new DisposableStack(),
  });
  return { code, out, err };
}

/** Parses a command line as the program does, without doing what it says. */
async function parse(args: readonly string[]): Promise<string> {
  const verbs = routes.getAllEntries().map(({ name, target }) =>
    [name.original, { ...target, loader: () => Promise.resolve(() => {}) }] as const
  );
  const tree = buildRouteMap({ routes: Object.fromEntries(verbs), docs: { brief: "" } });
  const application = buildApplication(tree, {
    name: "autoborg",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  });
  let complaint = "";
  const stream = { write: (text: string) => void (complaint += text) };
  await run(application, args, {
    ...contextWith(),
    process: { stdout: stream, stderr: stream },
  });
  return complaint;
}

/** The words of an example, as a shell gives them to the program. */
function wordsOf(command: string): readonly string[] {
  // In a subshell something may be set before the program starts.
  const line = command.replace(/^\(.*; (.*)\)$/, "$1");
  return readBashLine(`${line} `, "").words.slice(0, -1);
}

Deno.test("every verb has an example, and nothing else has", () => {
  assert.deepEqual(Object.keys(EXAMPLES).toSorted(), NAMES.toSorted());
  for (const [name, examples] of Object.entries(EXAMPLES)) assert.ok(examples.length > 0, name);
});

Deno.test("every example is a command line that its verb understands", async () => {
  for (const [name, examples] of Object.entries(EXAMPLES)) {
    for (const [command] of examples) {
      const [program, ...args] = wordsOf(command);
      assert.deepEqual([program, args[0]], ["autoborg", name], command);
      assert.equal(await parse(args), "", command);
    }
  }
  assert.notEqual(await parse(["run", "--no-such-flag"]), "");
  assert.notEqual(await parse(["mount", "disk"]), "");
});

Deno.test("helpOf() fits one screen with all verbs when it has 24 lines of 80 columns", () => {
  const help = helpOf(routes, "", 80);
  assert.equal(helpOf(routes, "", 100), help, "less may show what was printed to a file");
  const lines = help.trimEnd().split("\n");
  assert.ok(lines.length <= 23, `${lines.length} lines, and one for the prompt`);
  for (const line of lines) assert.ok(line.length <= 80, line);
  const [, commands = ""] = help.split("\n\n");
  const named = commands.split("\n").flatMap((line) =>
    line.startsWith("  and ") ? line.trim().split(/,? +/).slice(1) : line.trim().split(" ")[0] ?? ""
  );
  assert.deepEqual(named.toSorted(), NAMES.toSorted());
});

Deno.test("helpOf() fits every width from 60 columns on", () => {
  for (const width of [60, 80, 100]) {
    const targets = routes.getAllEntries().map(({ name, target }) => ({
      name: name["convert-camel-to-kebab"],
      target,
    }));
    for (const { name, target } of [{ name: "", target: routes }, ...targets]) {
      // What is typed is never broken.
      const typed = new Set(Object.values(EXAMPLES).flat().map(([command]) => `    ${command}`));
      for (const line of helpOf(target, name, width).split("\n")) {
        assert.ok(line.length <= width || typed.has(line), `${name}, ${width}: ${line}`);
      }
    }
  }
});

Deno.test("helpOf() names every flag, its value, choices and default", () => {
  const run = routes.getAllEntries().find(({ name }) => name.original === "run");
  const help = helpOf(run?.target ?? routes, "run", 100);
  for (
    const part of ["-c, --config FILE", "--color, --no-color", "--repo LABEL...", "--skip STEP,..."]
  ) {
    assert.ok(help.includes(`  ${part}  `), `${part} is missing:\n${help}`);
  }
  assert.match(help, /dump, create, verify, verify-dumps,\s+check, prune, compact/);
  assert.match(help, /default: auto/);
});

Deno.test("no argument, --help, -h and help all print the same overview", async () => {
  const overview = await say("--help");
  assert.equal(overview.code, 0);
  assert.equal(overview.err, "");
  for (const name of NAMES) assert.match(overview.out, new RegExp(`[ ,]${name}[ ,\n]`));
  assert.match(overview.out, /autoborg COMMAND --help\. [^]*autoborg help --man\b[^]*\n$/);
  for (const args of [[], ["-h"], ["help"]]) assert.deepEqual(await say(...args), overview);
});

Deno.test("VERB --help, VERB -h and help VERB all print the help of the verb", async () => {
  for (const name of NAMES) {
    const help = await say(name, "--help");
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^USAGE\n  autoborg ${name}(?: |\n)`));
    assert.match(help.out, /^EXAMPLES?$/m);
    assert.deepEqual(await say(name, "-h"), help);
    assert.deepEqual(await say("help", name), help);
  }
});

Deno.test("help of something else ends with 64", async () => {
  const { code, out, err } = await say("help", "ru");
  assert.deepEqual([code, out], [64, ""]);
  assert.match(err, /"ru"\nhint: Did you mean "autoborg run"\?/);
});

Deno.test("completions prints a script for each shell, and ends with 64 for any other", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out, err } = await say("completions", shell);
    assert.deepEqual([code, err], [0, ""]);
    assert.ok(out.includes(`completions propose ${shell}`), out);
  }
  for (const args of [["tcsh"], [""], ["bash", "zsh"], ["BASH"]]) {
    const { code, out } = await say("completions", ...args);
    assert.deepEqual([code, out], [64, ""], args.join(" "));
  }
  assert.match((await say("completions", "tcsh")).err, /"tcsh".*expected bash, zsh or fish/);
  const without = await say("completions");
  assert.deepEqual([without.code, without.out], [64, ""]);
  assert.match(without.err, /bash\|zsh\|fish/);
});

Deno.test("help --man prints the manual page, with the day on which the program was made", async () => {
  const { code, out, err } = await say("help", "--man");
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out, commandManual({ version: VERSION, date: "" }));
  assert.match(out, /^\.TH AUTOBORG 1 "" "autoborg /);
  for (const name of NAMES) {
    assert.match(out, new RegExp(`^\\.SS ${name.replace("-", ".*-")}$`, "m"));
  }
});

Deno.test("help --man prints the page of a command, and that of the configuration", async () => {
  const run = await say("help", "--man", "run");
  assert.match(run.out, /^\.TH AUTOBORG-RUN 1 /);
  assert.match(run.out, /dry.*run/);
  const configuration = await say("help", "--man", "autoborg.toml");
  assert.match(configuration.out, /^\.TH AUTOBORG\.TOML 5 /);
  assert.match(configuration.out, /\[\[repositories\]\]/);
  const unknown = await say("help", "--man", "xyzzy");
  assert.deepEqual([unknown.code, unknown.out], [64, ""]);
  assert.match(unknown.err, /There is no manual page "xyzzy"\nhint: .*autoborg help --man COMMAND/);
  assert.equal((await say("help", "--man", "run", "list")).code, 64);
});

Deno.test("help --guide prints the guides of the documentation, which a binary comes without", async () => {
  const { code, out } = await say("help", "--guide");
  assert.equal(code, 0);
  const files = [...Deno.readDirSync("docs/how-to")].map(({ name }) => name.replace(/\.md$/, ""));
  assert.deepEqual(out.split("\n").slice(2, -1).map((line) => line.trim()), files.toSorted());
  const page = Deno.readTextFileSync("docs/how-to/unauthenticated.md");
  assert.equal((await say("help", "--guide", "unauthenticated")).out, page);
  const near = await say("help", "--guide", "append-onyl");
  assert.equal(near.code, 64);
  assert.match(near.err, /Did you mean "autoborg help --guide append-only"\?/);
});
