import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCommandLine } from "../lib/cli/app.ts";
import { routes } from "../lib/cli/command_tree.ts";
import { verbsOf } from "../lib/cli/help/verb_tree.ts";
import { ExitCode } from "../lib/errors.ts";
import { Place } from "./config/files.ts";
import { type Page, readPages, ROOT } from "./pages.ts";

const PAGES = readPages();

/** Every line that could be typed: in blocks for the shell, and between backquotes. */
function commandsOf(page: Page): string[] {
  const typed = page.fences.filter(({ language }) => language !== "toml")
    .flatMap(({ code }) => code.split("\n"));
  return [...typed, ...page.spans].map((line) => line.replace(/^sudo | +# .*$/g, ""));
}

async function help(...args: readonly string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const catchUncaught = () => new DisposableStack();
  const outside = { variable: () => undefined, print: write, tell: write, catchUncaught };
  const code = await runCommandLine([...args, "--help"], outside);
  return { code, text };
}

function pageAt(path: string): Page {
  const page = PAGES.find((candidate) => candidate.path === path);
  assert.ok(page, `${path} is missing`);
  return page;
}

Deno.test("loadConfig() loads every TOML snippet of the documents", async () => {
  let count = 0;
  for (const { path, fences } of PAGES) {
    for (const { code } of fences.filter(({ language }) => language === "toml")) {
      using place = new Place();
      for (const [, name = ""] of code.matchAll(/_file = "([^"]+)"/g)) {
        place.write(name, "correct horse\n");
      }
      const { config, warnings } = await place.load(
        code.replace('"change me"', '"correct horse"')
          // Nobody is called so where PostgreSQL is not installed.
          .replace('run_as = "postgres"', 'run_as = "root"'),
      );
      assert.ok(config.repositories.length > 0, path);
      assert.deepEqual(warnings, [], path);
      count += 1;
    }
  }
  assert.ok(count >= 2, `found only ${count} snippets`);
});

Deno.test("README.md shows the ten lines that config.example.toml begins with", () => {
  const example = Deno.readTextFileSync(join(ROOT, "config.example.toml"));
  const [first = ""] = example.replace(/^#:schema .*\n/, "").split("\n# The ten lines above");
  const [shown] = pageAt("README.md").fences.filter(({ language }) => language === "toml");
  assert.equal(shown?.code.trim(), first.trim());
});

Deno.test("runCommandLine() knows every command and flag that the documents name", async () => {
  let count = 0;
  for (const page of PAGES) {
    for (const command of commandsOf(page)) {
      const [, verb = "", rest = ""] = /^autoborg ([a-z-]+)(.*)$/.exec(command) ?? [];
      if (verb === "") continue;
      const { code, text } = await help(verb);
      assert.equal(code, 0, `${page.path}: ${command}`);
      // What stands after "--" is for Borg.
      const [own = ""] = rest.split(/ --(?: |$)/);
      for (const [flag] of own.matchAll(/--[a-z-]+/g)) {
        assert.match(text, new RegExp(`${flag}(?![a-z-])`), `${page.path}: ${command}`);
      }
      count += 1;
    }
  }
  assert.ok(count > 10, `found only ${count} commands`);
});

Deno.test("the pages that people read first name every command in their tables", () => {
  const verbs = verbsOf(routes).map(({ name }) => name);
  for (const path of ["README.md", "README.de.md"]) {
    const table = [...pageAt(path).text.matchAll(/^\| `autoborg ([a-z-]+)`/gm)];
    assert.deepEqual(table.map(([, verb = ""]) => verb), verbs, path);
  }
});

Deno.test("deno.json has every task that the documents name", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const named = new Set<string>();
  for (const page of PAGES) {
    for (const command of commandsOf(page)) {
      const [, task] = /^deno task (\S+)/.exec(command) ?? [];
      if (task === undefined) continue;
      assert.ok(Object.hasOwn(tasks, task), `${page.path}: ${command}`);
      named.add(task);
    }
  }
  assert.deepEqual([...named].toSorted(), Object.keys(tasks).toSorted());
});

Deno.test("the scripts that the documents name are there and executable", () => {
  for (const page of PAGES) {
    for (const command of commandsOf(page)) {
      const [, script] = /^(scripts\/\w+\.sh)/.exec(command) ?? [];
      if (script === undefined) continue;
      const { mode } = Deno.statSync(join(ROOT, script));
      assert.notEqual((mode ?? 0) & 0o111, 0, `${page.path}: ${script}`);
    }
  }
});

Deno.test("the tables of exit codes list exactly those of ExitCode", () => {
  for (const path of ["README.md", "README.de.md", "docs/reference/exit-codes.md"]) {
    const rows = pageAt(path).text.matchAll(/^\| (\d+(?:, \d+)*) +\|/gm);
    const codes = [...rows].flatMap(([, found = ""]) => found.split(", ").map(Number));
    assert.deepEqual(codes, Object.values(ExitCode), path);
  }
});

Deno.test("docs/explanation/security.md names the permissions of deno.json exactly", () => {
  const { permissions } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const [shown] = pageAt("docs/explanation/security.md").fences
    .filter(({ language }) => language === "json");
  assert.deepEqual(JSON.parse(shown?.code ?? ""), permissions.default);
});

Deno.test("every relative link in the documents resolves", () => {
  let count = 0;
  for (const { path, text } of PAGES) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const linked = join(ROOT, dirname(path), file);
      const there = file === "" ? text : Deno.readTextFileSync(linked);
      if (anchor !== undefined) assert.ok(anchors(there).includes(anchor), `${path}: ${target}`);
      count += 1;
    }
  }
  assert.ok(count > 5, `found only ${count} links`);
});

Deno.test("every file and directory of the source that the documents name is there", () => {
  const rooms = [...Deno.readDirSync(ROOT)].filter(({ name, isDirectory }) => {
    return isDirectory && !["dist", "node_modules", ".git"].includes(name);
  });
  const names = rooms.map(({ name }) => RegExp.escape(name)).join("|");
  // Not those below another directory, and no patterns.
  const inside = new RegExp(`(?<![\\w./@~-])(?:${names})/(?![\\w./-]*[*])[\\w./-]*(?<![.])`, "g");
  let count = 0;
  for (const { path, text, spans } of PAGES) {
    const named = [...text.matchAll(inside)].map(([found]) => found);
    const beside = spans.filter((span) => /^[\w.-]+\.(?:ts|md|jsonc?)$/.test(span));
    for (const name of path.startsWith("docs/") ? named : [...named, ...beside]) {
      assert.ok(existsSync(join(ROOT, name)), `${path}: ${name}`);
      count += 1;
    }
  }
  assert.ok(count > 50, `found only ${count} names`);
});

Deno.test("ARCHITECTURE.md shows every room, and no folder that is not there", () => {
  const [picture] = pageAt("ARCHITECTURE.md").fences;
  const shown = new Set<string>();
  let room = "";
  for (const [folder] of picture?.code.matchAll(/[\w/]+\/(?!\w)/g) ?? []) {
    if (folder.startsWith("lib/")) shown.add(room = folder);
    else assert.ok(existsSync(join(ROOT, room, folder)), `${room}${folder}`);
  }
  const rooms = [...Deno.readDirSync(join(ROOT, "lib"))].filter(({ isDirectory }) => isDirectory);
  assert.deepEqual([...shown].toSorted(), rooms.map(({ name }) => `lib/${name}/`).toSorted());
});

Deno.test("docs/README.md leads to every page", () => {
  const index = pageAt("docs/README.md").text;
  for (const { path } of PAGES.filter(({ path }) => path.startsWith("docs/"))) {
    if (path === "docs/README.md") continue;
    assert.ok(index.includes(`](${path.slice("docs/".length)})`), path);
  }
});

Deno.test("the pictures of the documents are small, and are shown", () => {
  const texts = PAGES.map(({ text }) => text).join();
  for (const { name } of Deno.readDirSync(join(ROOT, "docs/pictures"))) {
    assert.ok(Deno.statSync(join(ROOT, "docs/pictures", name)).size < 150_000, name);
    assert.ok(texts.includes(`pictures/${name})`), name);
  }
});

/** The anchors of a page's headings, as they are made by those who render it. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => {
    return heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-");
  });
}
