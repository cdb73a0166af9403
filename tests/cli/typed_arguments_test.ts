import assert from "node:assert/strict";
import { join } from "node:path";
import { routes } from "../../lib/cli/command_tree.ts";
import { verbsOf } from "../../lib/cli/help/verb_tree.ts";
import { readCommandLine } from "../../lib/cli/options/typed_line.ts";
import { runCommandLine } from "../../lib/cli/app.ts";
import { completeArguments } from "../../lib/cli/typed_arguments.ts";

const VERBS = verbsOf(routes);

/** A configuration with two repositories; it need not be a whole one. */
const TEXT = `
name = "web1"
sources.directories = ["/srv/www"]
[[repositories]]
label = "disk"
[[repositories]]
label = "offsite"
`;

/** A directory that is gone at the end. */
function temporaryDirectory() {
  const path = Deno.makeTempDirSync({ prefix: "autoborg-arguments-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** What is said to a command line that lacks something; the configuration's path is C in it. */
async function refused(line: string, text: string | undefined): Promise<string> {
  using directory = temporaryDirectory();
  const config = join(directory.path, "config.toml");
  if (text !== undefined) Deno.writeTextFileSync(config, text);
  let err = "";
  const code = await runCommandLine([...line.split(" "), "--config", config], {
    variable: () => undefined,
    print: (text) => assert.fail(text),
    tell: (text) => err += text,
    catchUncaught: () => new DisposableStack(),
    uid: 0,
  });
  assert.equal(code, 64, line);
  return err.replaceAll(config, "C");
}

Deno.test("a command without its arguments is answered once, with an example of this configuration", async () => {
  const cases: readonly (readonly [line: string, error: string, example: string])[] = [
    [
      "mount",
      'Missing arguments LABEL and DIRECTORY: Label of a repository ("disk" or "offsite"); empty ' +
      "directory, created if missing",
      "autoborg mount --config C disk /mnt/archives",
    ],
    [
      "mount offsite",
      "Missing argument DIRECTORY: Empty directory, created if missing",
      "autoborg mount --config C offsite /mnt/archives",
    ],
    [
      "mount archive1",
      'Cannot mount "archive1": expected the label of a repository ("disk" or "offsite"), and a ' +
      "directory",
      "autoborg mount --config C disk /mnt/archives",
    ],
    [
      "mount latest",
      'Cannot mount "latest": expected the label of a repository ("disk" or "offsite"), and a ' +
      "directory",
      "autoborg mount --config C --archive latest disk /mnt/archives",
    ],
    [
      "mount offsite::nightly",
      "Missing argument DIRECTORY: Empty directory, created if missing",
      "autoborg mount --config C --archive nightly offsite /mnt/archives",
    ],
    [
      "mount /mnt/old",
      'Missing argument LABEL: the repository to mount at "/mnt/old", "disk" or "offsite"',
      "autoborg mount --config C disk /mnt/old",
    ],
    [
      "umount",
      "Missing argument DIRECTORY: Directory that was given to mount",
      "autoborg umount --config C /mnt/archives",
    ],
    [
      "accept",
      'Missing argument LABEL: Repository with the alarms ("disk" or "offsite")',
      "autoborg accept --config C disk",
    ],
    [
      "pin",
      'Missing argument ARCHIVE: Archive name, or "latest"',
      "autoborg pin --config C latest",
    ],
    [
      "key",
      "Missing argument export|check FILE: export, and a directory for copies of the keys; or " +
      "check, and the copies to check",
      "autoborg key export --config C /root/keys",
    ],
    [
      "key check",
      "Cannot check keys: expected one or more copies",
      "autoborg key check --config C /media/stick/LABEL.key",
    ],
    [
      "restore",
      "Missing argument PATH: Path or glob in the archive; /: everything",
      "autoborg restore --config C /srv/www --to /tmp/back",
    ],
    [
      "restore disk::nightly --to /x",
      "Missing argument PATH: Path or glob in the archive; /: everything",
      "autoborg restore --config C --to /x --repo disk --archive nightly /srv/www",
    ],
    [
      "find",
      'Missing argument PATTERN: Name, path or glob, such as "*.conf"',
      "autoborg find --config C '*.conf'",
    ],
    [
      "borg",
      "Missing argument LABEL -- ARGUMENT: Label of a repository, --, and the command of Borg",
      "autoborg borg --config C disk -- info",
    ],
  ];
  for (const [line, error, example] of cases) {
    assert.equal(
      await refused(line, TEXT),
      `error: ${error}\nhint: For example: ${example}\n`,
      line,
    );
  }
});

Deno.test("a command without its arguments has an example when there is no configuration", async () => {
  for (const text of [undefined, "name ="]) {
    assert.equal(
      await refused("accept", text),
      "error: Missing argument LABEL: Repository with the alarms\n" +
        "hint: For example: autoborg accept --config C LABEL\n",
    );
  }
});

Deno.test("every command that needs an argument has an example that is more than its help", async () => {
  const needing = VERBS.filter((verb) => verb.arguments.some(({ optional }) => !optional));
  assert.ok(needing.length >= 9);
  for (const { name } of needing.filter(({ name }) => !/migrate|completions/.test(name))) {
    assert.match(
      await refused(name, TEXT),
      /^error: [^\n]+\nhint: For example: (?!.*--help)/,
      name,
    );
  }
});

Deno.test("completeArguments() reads an archive as Borg names it", async () => {
  using directory = temporaryDirectory();
  const config = join(directory.path, "config.toml");
  Deno.writeTextFileSync(config, TEXT);
  const meant = async (line: string) => {
    const typed = readCommandLine(VERBS, line.split(" "));
    return (await completeArguments(typed, config)).words.join(" ");
  };
  const cases = {
    "list disk::nightly": "list --repo disk nightly",
    "list disk::nightly etc": "list --repo disk nightly etc",
    "list disk::": "list --repo disk",
    "list ::nightly": "list nightly",
    "list --json disk::nightly": "list --json --repo disk nightly",
    "restore disk::nightly etc/fstab": "restore --repo disk --archive nightly etc/fstab",
    "verify disk::nightly": "verify --repo disk --archive nightly",
    "mount disk::nightly /mnt": "mount --archive nightly disk /mnt",
    // What is no label stays what it is: a file may have such a name.
    "restore File::Find.3pm": "restore File::Find.3pm",
    "find disk::nightly": "find disk::nightly",
    "restore etc disk::nightly": "restore etc disk::nightly",
  };
  for (const [line, words] of Object.entries(cases)) assert.equal(await meant(line), words);
});
