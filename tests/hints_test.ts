/**
 * Nothing that people read may tell them to destroy something without saying what is destroyed, and
 * how to look first: hints are read at night, by people who paste what they say.
 *
 * @module
 */
import assert from "node:assert/strict";
import { faultsOf } from "./dangers.ts";
import { textsOf } from "./literals.ts";
import { readPages } from "./pages.ts";

/** A command of Borg without the ssh key and the passphrase of the repository. */
const BARE_BORG =
  /(?<!autoborg )\bborg (?:check|list|info|delete|prune|compact|break-lock|upgrade|key|config|debug|mount|extract|create|init|recreate|with-lock)\b/;
/** A command of autoborg that was not made by `ownCommand`: it does not name the configuration. */
const BARE_OWN =
  /(?<!<)\bautoborg (?:run|check-config|show-config|init|status|history|list|find|restore|verify|borg|mount|recover|test-notify|systemd)\b(?! reads| is| as )/;
/** Files whose texts name commands that are no hints, and why. */
const NO_HINTS: Readonly<Record<string, string>> = {
  "lib/cli/help/examples.ts": "the help, which knows no configuration",
  "lib/cli/completion/": "scripts for shells",
  "lib/config/repository_schema.ts": "the description of a key",
  "lib/config/tables.ts": "the description of a key",
  "lib/migrate/": "comments of a configuration that has no place yet",
  "lib/systemd/": "comments of units",
};

function commandFaultsOf(text: string): readonly string[] {
  return [
    ...(BARE_BORG.test(text) ? ["Borg must be started by borgCommand()"] : []),
    ...(BARE_OWN.test(text) ? ["a command must be made by ownCommand()"] : []),
  ];
}

/** Words for people; anything else is code. */
function isSentence(text: string): boolean {
  return text.trim().split(/\s+/).length > 2;
}

function* sources(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

Deno.test("no text of the program recommends what destroys without how to look and what is lost", () => {
  const faults: string[] = [];
  for (const path of sources("lib")) {
    const isHint = !Object.keys(NO_HINTS).some((start) => path.startsWith(start));
    for (const { text, line } of textsOf(Deno.readTextFileSync(path))) {
      if (!isSentence(text)) continue;
      const found = [...faultsOf(text), ...(isHint ? commandFaultsOf(text) : [])];
      faults.push(...found.map((fault) => `${path}:${line}: ${fault}: ${JSON.stringify(text)}`));
    }
  }
  assert.deepEqual(faults, []);
});

Deno.test("no section of the documentation recommends what destroys without how to look and what is lost", () => {
  // The German page says the same as the English one; the change log advises nothing; the messages
  // are judged above, one by one.
  const advising = readPages().filter(({ path }) =>
    !/^(?:README\.de|CHANGELOG|docs\/reference\/messages)\.md$/.test(path)
  );
  const faults = advising.flatMap(({ path, text }) =>
    sectionsOf(text).flatMap((section) =>
      faultsOf(section).map((fault) => `${path}: ${fault}: ${section.split("\n", 1)[0]}`)
    )
  );
  assert.deepEqual(faults, []);
});

Deno.test("the test of hints finds a dangerous one, however it is put together", () => {
  const dangerous = [
    `const hint = "Run borg check " + "--repair";`,
    "const hint = `Use ${borgCommand(label, 'break-lock')} and run it again`;",
    `const WAY = "--force";\nfail({ hint: \`Run it again with \${WAY}, please\` });`,
    `fail({ hint: broken ? "See the log of it" : \`To get rid of it: rm -rf \${path}\` });`,
    `fail({ hint: "The journal is old: remove it and run again" });`,
    `fail({ hint: "Set ssh_options to StrictHostKeyChecking=no there" });`,
    `const quote = /"/; fail({ hint: "Do it with: chmod 777 " + path });`,
  ];
  for (const source of dangerous) {
    const faults = textsOf(source).flatMap(({ text }) => faultsOf(text));
    assert.notDeepEqual(faults, [], source);
  }
  const bare = textsOf(`const hint = 'Look with "borg list" and with "autoborg list" first';`);
  assert.equal(bare.flatMap(({ text }) => commandFaultsOf(text)).length, 2);
});

Deno.test("the test of hints accepts one that says how to look and what is lost", () => {
  const hint =
    "hint: `Look first: ${ownCommand('list')}. Only then: ${borgCommand(l, 'delete')}; " +
    "what it deletes is gone for good`";
  const [{ text } = { text: "" }] = textsOf(`fail({ ${hint} });`);
  assert.equal(
    text,
    "Look first: <autoborg list>. Only then: <autoborg borg … delete>; what it deletes is gone for good",
  );
  assert.deepEqual([...faultsOf(text), ...commandFaultsOf(text)], []);
});

/** The parts of a page, each with its heading. */
function sectionsOf(page: string): readonly string[] {
  return page.split(/^(?=#{1,3} )/m);
}
