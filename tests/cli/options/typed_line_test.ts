import assert from "node:assert/strict";
import { routes } from "../../../lib/cli/command_tree.ts";
import { verbsOf } from "../../../lib/cli/help/verb_tree.ts";
import { COMMAND_SYNONYMS } from "../../../lib/cli/options/synonyms.ts";
import { readCommandLine } from "../../../lib/cli/options/typed_line.ts";
import { UsageError } from "../../../lib/errors.ts";
import { runCommandLine } from "../../../lib/cli/app.ts";

const VERBS = verbsOf(routes);

/** The words for the command tree, as one line. */
function read(line: string): string {
  return readCommandLine(VERBS, words(line)).words.join(" ");
}

function words(line: string): readonly string[] {
  return line === "" ? [] : line.split(" ");
}

/** What is said to a command line that is wrong. */
async function refused(line: string): Promise<string> {
  let err = "";
  const code = await runCommandLine(words(line), {
    variable: () => undefined,
    print: (text) => assert.fail(text),
    tell: (text) => err += text,
    catchUncaught: () => new DisposableStack(),
  });
  assert.equal(code, 64, line);
  return err;
}

Deno.test("readCommandLine() takes options before the command", () => {
  const same = "status --config /x";
  for (const line of ["--config /x status", "--config=/x status", "-c /x status", "-c=/x status"]) {
    assert.equal(read(line), same, line);
  }
  assert.equal(read("--no-color -c status run -n"), "run --no-color --dry-run --config status");
  assert.equal(read("--help run"), "run --help");
  assert.equal(read("help help"), "--help");
  assert.equal(read("run help"), "run --help");
  for (const line of ["history -5", "history -n 5", "history -n5"]) {
    assert.equal(read(line), "history --last 5", line);
  }
});

Deno.test("readCommandLine() takes what means the same in other programs", () => {
  for (const [typed, name] of COMMAND_SYNONYMS) {
    assert.equal(read(typed), name);
    assert.equal(read(`help ${typed}`), `${name} --help`);
  }
  assert.equal(read("extract / --target /t"), "restore --to /t /");
});

Deno.test("readCommandLine() leaves what is for Borg alone", () => {
  const line = "borg disk -- list --last 3 -c";
  assert.equal(read(line), line);
  assert.equal(read("borg disk list --last 3 -c"), line);
  assert.equal(read("borg disk -c /x -- info"), "borg --config /x disk -- info");
});

Deno.test("readCommandLine() takes a switch twice, a value that looks like an option, and what follows --", () => {
  assert.equal(read("status --json --json"), "status --json");
  assert.equal(read("accept disk --reason=-x"), "accept --reason=-x disk");
  assert.equal(read("accept disk --reason -x"), "accept --reason=-x disk");
  assert.equal(read("find -- --help"), "find -- --help");
});

Deno.test("readCommandLine() knows no other spelling of a name than that of the help", () => {
  for (
    const line of ["checkConfig", "check_config", "run --dryRun", "run --dry_run", "run --dry"]
  ) {
    assert.throws(() => read(line), UsageError, line);
  }
});

Deno.test("a wrong command line is answered with an error and a hint, and ends with 64", async () => {
  const cases: readonly (readonly [line: string, error: string, hint: string])[] = [
    [
      "ru",
      'There is no command "ru"',
      'Did you mean "autoborg run"? All commands: autoborg --help',
    ],
    ["xyzzy", 'There is no command "xyzzy"', "autoborg --help"],
    ["--config", "The option --config needs a value: FILE", "autoborg --help"],
    ["-c", "The option --config needs a value: FILE", "autoborg --help"],
    ["--config /x", "Missing command after the options", "autoborg --help"],
    [
      "\u2013config /x status",
      'Cannot read the option "\u2013config": expected plain hyphens, found a typographic dash',
      "Write it as --config",
    ],
    [
      "status \u2014repo=disk",
      'Cannot read the option "\u2014repo": expected plain hyphens, found a typographic dash',
      "Write it as --repo",
    ],
    [
      "check-config --config /y ./new.toml",
      'Unexpected argument "./new.toml": "check-config" takes no arguments',
      "To use another configuration: autoborg check-config --config ./new.toml. " +
      "All options: autoborg check-config --help",
    ],
    [
      "find --config /y a.conf b.conf",
      'Unexpected argument "b.conf": "find" takes at most one argument',
      "One pattern at a time; a glob needs quotes: autoborg find --config /y '*.conf'. " +
      "All options: autoborg find --help",
    ],
    [
      "restore -a latest etc",
      '"restore" has no option -a',
      "To select an archive: --archive NAME. All options: autoborg restore --help",
    ],
    [
      "run --keep-daily 7",
      '"run" has no option --keep-daily',
      "What prune keeps is set in [retention]. All options: autoborg run --help",
    ],
    [
      "run --exclude *.tmp",
      '"run" has no option --exclude',
      "What is excluded is set in the configuration: exclude in [sources]. " +
      "All options: autoborg run --help",
    ],
    [
      "run /etc",
      'Unexpected argument "/etc": "run" takes no arguments',
      "What is backed up is set in the configuration: directories in [sources]. " +
      "All options: autoborg run --help",
    ],
    [
      "systemd enable",
      'Unexpected argument "enable": "systemd" takes no arguments',
      "To install the timer: autoborg systemd --write /etc/systemd/system. " +
      "All options: autoborg systemd --help",
    ],
    [
      "mount /mnt/old",
      'Missing argument LABEL: the repository to mount at "/mnt/old", a label of [[repositories]]',
      "For example: autoborg mount LABEL /mnt/old",
    ],
    [
      "--conifg c.toml status",
      '"status" has no option --conifg',
      "Did you mean --config? All options: autoborg status --help",
    ],
    [
      "-C c.toml status",
      '"status" has no option -C',
      "Did you mean --config? All options: autoborg status --help",
    ],
    [
      "--conifg c.toml",
      "There is no option --conifg",
      "Did you mean --config? All options: autoborg --help",
    ],
    [
      "list --archive latest",
      '"list" has no option --archive',
      "Without an option: autoborg list latest. All options: autoborg list --help",
    ],
    [
      "accept --config /y disk text",
      'Unexpected argument "text": "accept" takes at most one argument',
      "To record a reason: autoborg accept --config /y disk --reason text. " +
      "All options: autoborg accept --help",
    ],
    [
      "init --passphrase x",
      '"init" has no option --passphrase',
      "It is set in the configuration: passphrase_file in [[repositories]]. " +
      "All options: autoborg init --help",
    ],
    [
      "setup --source /etc",
      '"setup" has no option --source',
      "For a directory: --directory DIR. For a ZFS dataset: --dataset NAME. " +
      "All options: autoborg setup --help",
    ],
    [
      "run --skip all",
      'Cannot read "all" as the value of --skip: expected dump, create, verify, verify-dumps, check, prune or compact',
      "To see what a run would do: autoborg run --dry-run",
    ],
    [
      "init --force",
      '"init" has no option --force',
      "A repository that exists is never replaced. Where one is missing that had archives, look " +
      "first where it is; for an empty one all the same: --anew. " +
      "All options: autoborg init --help",
    ],
    [
      "restore etc --force",
      '"restore" has no option --force',
      "To replace files that exist: --overwrite. All options: autoborg restore --help",
    ],
    [
      "restore --from disk etc",
      '"restore" has no option --from',
      "To select a repository: --repo LABEL; an archive: --archive NAME. " +
      "All options: autoborg restore --help",
    ],
    [
      "find -name *.conf",
      '"find" has no option -name',
      "Names and patterns are given without an option. All options: autoborg find --help",
    ],
    [
      "verify --all",
      '"verify" has no option --all',
      "To read everything: --files all. All options: autoborg verify --help",
    ],
    [
      "verify latest",
      'Unexpected argument "latest": "verify" takes no arguments',
      "To select an archive: autoborg verify --archive latest. " +
      "All options: autoborg verify --help",
    ],
    [
      "check-config --verbose",
      '"check-config" has no option --verbose',
      "To test everything that a run depends on: --probe. " +
      "All options: autoborg check-config --help",
    ],
    [
      "systemd --time 03:30",
      '"systemd" has no option --time',
      "For another time: --calendar 03:30. All options: autoborg systemd --help",
    ],
    [
      "history --since yesterday",
      '"history" has no option --since',
      "To see the newest ones: --last N. All options: autoborg history --help",
    ],
    [
      "umount -a",
      '"umount" has no option -a',
      "autoborg umount --help",
    ],
    [
      "status --repo disk",
      '"status" has no option --repo',
      '"status" always covers all repositories. All options: autoborg status --help',
    ],
    [
      "completions --shell bash",
      '"completions" has no option --shell',
      "Without an option: autoborg completions bash. All options: autoborg completions --help",
    ],
    [
      "init /mnt/backup/borg",
      'Unexpected argument "/mnt/backup/borg": "init" takes no arguments',
      "The location of a repository is set in the configuration: url in [[repositories]]. " +
      "All options: autoborg init --help",
    ],
    [
      "setup /etc",
      'Unexpected argument "/etc": "setup" takes no arguments',
      "For a directory: autoborg setup --directory /etc. All options: autoborg setup --help",
    ],
    [
      "schema --out x.json",
      '"schema" has no option --out',
      "It goes to standard output: put > FILE after the command. " +
      "All options: autoborg schema --help",
    ],
    [
      "key import",
      'Cannot run "key import": expected "key export DIR" or "key check FILE..."',
      "For example: autoborg borg LABEL -- key import :: FILE",
    ],
    ["--nosuch", "Without a command there is no option --nosuch", "autoborg --help"],
    [
      "-n",
      "Without a command there is no option --dry-run",
      "Such as: autoborg run --dry-run, autoborg restore --dry-run",
    ],
    [
      "verify disk",
      'Unexpected argument "disk": "verify" takes no arguments',
      "To select a repository: autoborg verify --repo disk. All options: autoborg verify --help",
    ],
    [
      "history 5",
      'Unexpected argument "5": "history" takes no arguments',
      "To see the last 5: autoborg history --last 5. All options: autoborg history --help",
    ],
    [
      "run --dry",
      '"run" has no option --dry',
      "Did you mean --dry-run? All options: autoborg run --help",
    ],
    [
      "run -vv",
      '"run" has no option -vv',
      "To see each step on its own line: --progress plain. All options: autoborg run --help",
    ],
    [
      "init -e repokey",
      '"init" has no option -e',
      "It is set in the configuration: encryption in [[repositories]]. All options: autoborg init --help",
    ],
    [
      "restore -t /tmp /etc",
      '"restore" has no option -t',
      "To restore to a directory: --to DIR. All options: autoborg restore --help",
    ],
    [
      "run --only disk",
      '"run" has no option --only',
      "To select a repository: --repo LABEL; to leave out steps: --skip STEP. All options: " +
      "autoborg run --help",
    ],
    [
      "list --last 5",
      '"list" has no option --last',
      "It lists all archives. The last runs: autoborg history --last 5. All options: autoborg list --help",
    ],
    [
      "status --watch",
      '"status" has no option --watch',
      "To see it again and again: watch autoborg status. All options: autoborg status --help",
    ],
    [
      "setup --password geheim",
      '"setup" has no option --password',
      "Passphrases are read from a file: --passphrase-file FILE. All options: autoborg setup --help",
    ],
    [
      "run now",
      'Unexpected argument "now": "run" takes no arguments',
      "It starts at once: autoborg run. All options: autoborg run --help",
    ],
    [
      "--versoin",
      "Without a command there is no option --versoin",
      "Did you mean --version? All commands: autoborg --help",
    ],
    [
      "version --json",
      '"version" takes no arguments',
      "To print the version: autoborg --version",
    ],
    [
      "test-mail",
      'There is no command "test-mail"',
      "To send samples of what a run sends: autoborg test-notify",
    ],
    [
      "generate",
      'There is no command "generate"',
      "To create a configuration: autoborg setup",
    ],
    [
      "key-export",
      'There is no command "key-export"',
      "To export the keys: autoborg key export /root/keys",
    ],
    [
      "run -q",
      '"run" has no option -q',
      "To see no progress: --progress none. All options: autoborg run --help",
    ],
    ["run --repo", "The option --repo needs a value: LABEL", "autoborg run --help"],
    ["restore / --at --to x", "The option --at needs a value: TIME", "autoborg restore --help"],
    [
      "restore / --to=",
      "The option --to has an empty value: expected DIR",
      "autoborg restore --help",
    ],
    [
      "restore / --at 1 --at 2",
      'The option --at is given twice: "1" and "2"',
      "autoborg restore --help",
    ],
    ["run --color=never", "The option --color takes no value", "To turn it off: --no-color"],
    ["-c status", 'The option -c needs a value before the command "status"', "autoborg --help"],
    [
      "run --skip check compact",
      'Unexpected argument "compact": "run" takes no arguments',
      "Several values in one word: --skip A,B. All options: autoborg run --help",
    ],
    ["run --dry-run=no", "The option --dry-run takes no value", "autoborg run --help"],
    [
      "run --skip creat",
      'Cannot read "creat" as the value of --skip: expected dump, create, verify, verify-dumps, check, prune or compact',
      'Did you mean "create"? All options: autoborg run --help',
    ],
    [
      "find --grep x",
      '"find" has no option --grep',
      "autoborg find --help",
    ],
    [
      "run --test",
      '"run" has no option --test',
      "To see what it would do, and change nothing: --dry-run. All options: autoborg run --help",
    ],
    [
      "run all",
      'Unexpected argument "all": "run" takes no arguments',
      "It backs up to all repositories: autoborg run. All options: autoborg run --help",
    ],
    [
      "run -- --dry-run",
      'Unexpected argument "--dry-run": "run" takes no arguments',
      'Without the "--" before it: autoborg run --dry-run. All options: autoborg run --help',
    ],
    [
      "run --repo disk offsite",
      'Unexpected argument "offsite": "run" takes no arguments',
      "To select several repositories: autoborg run --repo disk --repo offsite. " +
      "All options: autoborg run --help",
    ],
    [
      "mount disk latest /mnt",
      'Unexpected argument "/mnt": "mount" takes at most 2 arguments',
      "To mount one archive: autoborg mount --archive latest disk /mnt. " +
      "All options: autoborg mount --help",
    ],
    [
      "verify --files 0",
      'Cannot read "0" as the value of --files: expected a whole number of at least 1 or "all"',
      "autoborg verify --help",
    ],
    [
      "completions tcsh",
      'Cannot read "tcsh": expected bash, zsh or fish',
      "autoborg completions --help",
    ],
    [
      "status x",
      'Unexpected argument "x": "status" takes no arguments',
      "It always shows all repositories. All options: autoborg status --help",
    ],
    [
      "umount a b",
      'Unexpected argument "b": "umount" takes at most one argument',
      "autoborg umount --help",
    ],
  ];
  for (const [line, error, hint] of cases) {
    assert.equal(await refused(line), `error: ${error}\nhint: ${hint}\n`, line);
  }
});

Deno.test("commands of other programs that have no like here are answered with what to use", async () => {
  const answers = {
    check: /autoborg verify.*autoborg check-config/,
    prune: /autoborg run.*autoborg list --retention/,
    forget: /autoborg run/,
    info: /autoborg status/,
    diff: /autoborg borg LABEL -- diff/,
    unlock: /Check first that no Borg works .* break-lock/,
    man: /autoborg help --man/,
    repos: /autoborg status.*autoborg list/,
    edit: /text file.*autoborg check-config/,
    uninstall: /package manager/,
    remove: /To delete one archive/,
    "/etc/x.toml": /autoborg check-config --config \/etc\/x\.toml/,
  };
  for (const [command, answer] of Object.entries(answers)) {
    const [error = "", hint = ""] = (await refused(`${command} x`)).split("\n");
    assert.equal(error, `error: There is no command "${command}"`);
    assert.match(hint, answer);
  }
});
