import assert from "node:assert/strict";
import { ENVIRONMENT, EXIT_CODES, FILES } from "../../lib/cli/manual/reference_lists.ts";
import { SECRETS, tablesOf } from "../../lib/cli/manual/configuration_keys.ts";
import { referencePages } from "../../scripts/reference.ts";
import { dateOf, manualPages } from "../../scripts/man_page.ts";
import { routes } from "../../lib/cli/command_tree.ts";
import { verbsOf } from "../../lib/cli/help/verb_tree.ts";
import { which } from "../e2e/program.ts";

const ROOT = new URL("../../", import.meta.url);
const EXAMPLE = Deno.readTextFileSync(new URL("config.example.toml", ROOT));

Deno.test("the generated pages of the reference are what scripts/reference.ts writes", async () => {
  for (const [path, text] of Object.entries(await referencePages())) {
    const stored = await Deno.readTextFile(new URL(path, ROOT));
    assert.equal(stored, text, `${path} is old: run "deno task reference"`);
    assert.equal(/(?![\t\n])\p{Cc}/u.exec(text), null, `${path} has a control character`);
  }
});

Deno.test("tablesOf() knows every key, its type, default and example", () => {
  const tables = tablesOf(EXAMPLE);
  const keyAt = (table: string, key: string) =>
    tables.find(({ name }) => name === table)?.keys.find(({ name }) => name === key);
  assert.deepEqual(keyAt("status", "max_age"), {
    name: "max_age",
    type: "duration",
    choices: [],
    default: '"26h"',
    required: false,
    secret: false,
    description: "Maximum age of the last good backup before `autoborg status` fails.",
  });
  assert.equal(keyAt("", "name")?.required, true);
  assert.equal(keyAt("repositories", "upload_rate_limit")?.type, "size");
  assert.equal(keyAt("repositories", "upload_rate_limit")?.example, '"2MiB"');
  assert.equal(keyAt("mail", "recipients")?.example, '["root@example.org"]');
  assert.deepEqual(keyAt("mail", "when")?.choices, [
    '"always"',
    '"problems"',
    '"changes"',
  ]);
  assert.equal(keyAt("paths", "temp_dir")?.type, "path");
  const overridable = tables.filter((table) => table.overridable).map(({ name }) => name);
  assert.deepEqual(overridable, ["retention", "check", "compact", "retry", "verify"]);
  const secret = tables.flatMap(({ name, keys }) =>
    keys.filter((key) => key.secret).map((key) => `${name}.${key.name}`)
  );
  assert.deepEqual(secret.toSorted(), SECRETS.toSorted());
});

Deno.test("ENVIRONMENT names every variable that the program may read", () => {
  const { permissions } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const named = ENVIRONMENT.flatMap(({ name }) => name.split(", "));
  assert.deepEqual(named.toSorted(), permissions.default.env.allow.toSorted());
});

Deno.test("FILES names the defaults of the configuration", () => {
  const defaults = tablesOf(EXAMPLE).flatMap(({ keys }) => keys)
    .flatMap((key) => key.type === "path" && key.default !== undefined ? [key.default] : []);
  assert.equal(defaults.length, 3);
  for (const path of defaults) {
    assert.ok(FILES.some(({ name }) => `"${name}"` === path.replace(/"$/, '/"')), path);
  }
});

Deno.test("manualPages() names every verb, flag, key and exit code", async () => {
  const { "autoborg.1": commands = "", "autoborg.toml.5": keys = "" } = await manualPages("0");
  const plain = (page: string) => page.replaceAll("\\-", "-").replaceAll(/\\f[BIR]/g, "");
  for (const { name, flags } of verbsOf(routes)) {
    assert.match(plain(commands), new RegExp(`^\\.SS ${name}$`, "m"));
    for (const { name, short } of flags) {
      const term = short === undefined ? name : `${short}, ${name}`;
      assert.ok(plain(commands).includes(`\n${term}`), term);
    }
  }
  for (const { name } of EXIT_CODES) assert.match(plain(commands), new RegExp(`^${name}$`, "m"));
  for (const table of tablesOf(EXAMPLE)) {
    for (const { name } of table.keys) assert.match(plain(keys), new RegExp(`^${name} \\(`, "m"));
  }
});

Deno.test("manualPages() makes the same pages again", async () => {
  assert.deepEqual(await manualPages("1795392000"), await manualPages("1795392000"));
  assert.match((await manualPages("1795392000"))["autoborg.1"] ?? "", /^\.TH .* "2026-11-23" /);
});

Deno.test("dateOf() takes the newest release when the environment tells nothing", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n## [0.1.0] - 2026-11-23\n";
  assert.equal(dateOf(undefined, changelog), "2026-12-01");
  assert.equal(dateOf("now", changelog), "2026-12-01");
  assert.equal(dateOf("0", changelog), "1970-01-01");
  assert.equal(dateOf(undefined, "## [Unreleased]\n"), "");
});

for (
  const [program, ...args] of [
    ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"],
    ["groff", "-man", "-ww", "-Tutf8", "-z"],
    ["mandoc", "-T", "lint", "-W", "warning"],
  ] as const
) {
  const absent = which(program) === undefined;
  Deno.test({
    name: `${program} has nothing to say about the manual${absent ? " (not installed)" : ""}`,
    ignore: absent,
    fn: async () => {
      const directory = await Deno.makeTempDir({ prefix: "autoborg-manual-" });
      try {
        for (const [name, text] of Object.entries(await manualPages("1795392000"))) {
          const file = `${directory}/${name}`;
          await Deno.writeTextFile(file, text);
          const { success, stdout, stderr } = await new Deno.Command(program, {
            args: [...args, file],
          }).output();
          const decoder = new TextDecoder();
          // Mandoc complains on standard output, the others format the page to it.
          const complaints = decoder.decode(program === "mandoc" ? stdout : stderr);
          assert.equal(complaints, "", name);
          assert.ok(success, name);
        }
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}
