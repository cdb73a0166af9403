import assert from "node:assert/strict";
import { readPage } from "../pages.ts";
import { which } from "./program.ts";
import { NO_STRANGER, typeAll } from "./stranger.ts";

const NOT_RUN = NO_STRANGER ?? (which("python3") === undefined ? "no python3" : undefined);

function setupTest(name: string, fn: () => Promise<void>): void {
  const ignore = NOT_RUN !== undefined;
  Deno.test({ name: ignore ? `${name} (not run: ${NOT_RUN})` : name, ignore, fn });
}

/**
 * Runs a program on a terminal of its own, and answers each question when it stands there. Prints
 * what the terminal shows, and ends with the program's exit code.
 */
const TALK = `
import os, pty, re, select, signal, sys
command, talk = sys.argv[1].split(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)
said = rest = ""
while select.select([terminal], [], [], 120)[0]:
    try:
        chunk = os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        break
    said += chunk
    rest = re.sub(r"\\x1b\\[[0-9;?]*[A-Za-z]|\\r", "", rest + chunk)
    if talk and re.search(talk[0], rest, re.S):
        os.write(terminal, talk[1].encode())
        rest, talk = "", talk[2:]
else:
    os.kill(child, signal.SIGKILL)
print(re.sub(r"\\x1b\\[[0-9;?]*[A-Za-z]|\\r", "", said))
if talk:
    print("NOT ASKED:", talk)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** A command that types answers: a pattern of each question, then the keys. */
function talk(command: string, ...answers: readonly string[]): string {
  const words = [command, ...answers].map((word) => `'${word}'`).join(" ");
  return `python3 - ${words} <<'PYTHON'\n${TALK}\nPYTHON\n`;
}

/** As README.md tells: Deno before 2.9 lets us create no directory in which hooks lie. */
const INSTALLED = "install -d -m 0700 /etc/autoborg";

const ENTER = "\r";
const DOWN = "\x1b[B";

setupTest("setup makes a server's backup from nothing but answers", async () => {
  const typed = await typeAll([
    {
      code:
        `${INSTALLED}; mkdir /var/lib/app; touch /root/notes /var/lib/app/data /var/backups/dump`,
    },
    {
      code: talk(
        "autoborg setup",
        ...["Name of this backup", ENTER],
        // All, none, then the first and the second.
        ...["What should be backed up.*root.s files", `aa ${DOWN} ${ENTER}`],
        ...["Another directory", `/var/backups${ENTER}`],
        ...["/var/backups\\n.*Another directory", ENTER],
        ...["Repository: a directory", `/mnt/backup/borg${ENTER}`],
        ...["Generate a passphrase", ENTER],
        ...["Create the repository now?", ENTER],
        ...["Export the keys to /etc/autoborg/keys", ENTER],
        ...["Make the first backup now?", ENTER],
        ...["Read files back", ENTER],
        ...["Write the systemd units", ENTER],
      ),
    },
    {
      code:
        "stat -c '%a %n' /etc/autoborg /etc/autoborg/* /etc/autoborg/keys/*; cat /etc/autoborg/config.toml",
    },
    { code: "autoborg check-config && autoborg status && ls /etc/systemd/system/autoborg.*" },
    { code: '! grep -rqF "$(cat /etc/autoborg/disk.passphrase)" /var/log/autoborg' },
  ]);
  for (const { code, output } of typed) assert.equal(code, 0, output);
  const [, setup = "", files = "", checked = ""] = typed.map(({ output }) => output);
  assert.match(setup, /^disk: exported to \/etc\/autoborg\/keys\/disk\.key, \.paper\.txt/m);
  assert.doesNotMatch(setup, /was never exported/, "no report asks for it again");
  // The machine was made seconds ago: perhaps all files are too young to be compared.
  assert.match(setup, /^disk {2}verify +(?:ok|skipped: all chosen files)/m);
  assert.match(setup, /^Keep the passphrase .* It is in the file "\/etc\/.*\/disk\.passphrase"$/m);
  assert.match(setup, /^done: \/etc\/autoborg\/config\.toml, init, run, verify, systemd units$/m);
  assert.match(setup, /systemctl enable --now autoborg\.timer\n +autoborg check-config --probe\n/);
  assert.equal(setup.match(/next steps/g)?.length, 1, setup);
  assert.match(files, /^700 \/etc\/autoborg$/m);
  assert.match(files, /^600 \/etc\/autoborg\/config\.toml$/m);
  assert.match(files, /^600 \/etc\/autoborg\/disk\.passphrase$/m);
  assert.match(files, /^700 \/etc\/autoborg\/keys$/m);
  assert.match(files, /^600 \/etc\/autoborg\/keys\/disk\.key$/m);
  assert.match(
    files,
    /^directories = \[\n {2}"\/etc",\n {2}"\/home",\n {2}"\/var\/backups",\n\]$/m,
  );
  assert.match(checked, /fresh/);
  assert.match(checked, /autoborg\.timer$/m);
});

const GIVEN = "--name web --directory /home --repo /mnt/backup/borg --no-verify --no-timer";

setupTest(
  "setup needs no terminal when every answer is an option, and replaces nothing",
  async () => {
    const typed = await typeAll([
      {
        code: `${INSTALLED}; code=0; autoborg setup ${GIVEN} --init || code=$?; test $code = 64; ` +
          "test ! -e /etc/autoborg/config.toml",
      },
      { code: `autoborg setup ${GIVEN} --generate-passphrase --init --run` },
      {
        code: "cd /etc/autoborg; cp -p config.toml /root/first; " +
          `code=0; autoborg setup ${GIVEN} --generate-passphrase --no-init --no-run || code=$?; ` +
          "test $code = 2; cmp config.toml /root/first",
      },
      {
        code: "cd /etc/autoborg; cp disk.passphrase /root/passphrase; " +
          `code=0; autoborg setup --overwrite ${GIVEN} --generate-passphrase --no-init --no-run || ` +
          "code=$?; test $code = 64; cmp disk.passphrase /root/passphrase; cmp config.toml /root/first",
      },
      {
        code: "cd /etc/autoborg; autoborg setup --keep --init --no-run --no-verify --timer; " +
          "cmp config.toml /root/first; grep ExecStart= /etc/systemd/system/autoborg.service",
      },
      {
        code: "umount /mnt/backup; code=0; " +
          `autoborg setup ${GIVEN} --overwrite --passphrase-file /etc/autoborg/disk.passphrase ` +
          "--init --run || code=$?; test $code = 64; cmp /etc/autoborg/config.toml /root/first",
      },
      {
        code: "cd /etc/autoborg; mkdir -p /root/there; autoborg setup --overwrite --init --run " +
          "--passphrase-file /etc/autoborg/disk.passphrase --same-disk " +
          `${GIVEN.replace("web", "other").replace("/mnt/backup/borg", "/root/there")}; ` +
          "cmp config.toml.* /root/first; stat -c %a config.toml; autoborg list --all",
      },
    ]);
    for (const { code, output } of typed) assert.equal(code, 0, output);
    const [refused, made, there, kept, goneOn, unmounted, replaced] = typed
      .map(({ output }) => output);
    const shows = (output = "", ...patterns: readonly RegExp[]) => {
      for (const pattern of patterns) assert.match(output, pattern);
    };
    shows(refused, /^error: Cannot ask without a terminal: .*--generate-passphrase or .*--run/);
    shows(made, /^wrote "\/etc\/autoborg\/config\.toml"$/m, /^ok after .*: disk ok$/m);
    shows(
      there,
      /^error: Refusing to replace "\/etc\/autoborg\/config\.toml"/,
      /^hint: Go on with it: autoborg setup --keep;/m,
    );
    shows(
      kept,
      /^error: Cannot generate a passphrase: "\/etc\/autoborg\/disk\.passphrase" already exists/,
      /^hint: .* --passphrase-file \/etc\/autoborg\/disk\.passphrase/m,
    );
    shows(goneOn, /already exists, left unchanged/, /^done: init, systemd units$/m);
    shows(unmounted, /^error: Cannot use --repo .*: no disk is mounted below "\/mnt"/);
    shows(
      replaced,
      /^the old configuration is kept as "\/etc\/autoborg\/config\.toml\..*Z"$/m,
      /^600$/m,
      /other-/,
    );
  },
);

setupTest(
  "setup ends with 130 at Ctrl-C and Ctrl-D, and goes on when it is started again",
  async () => {
    const stopped = (code: string) => `code=0\n{\n${code}} || code=$?\ntest $code = 130`;
    const flags = "autoborg setup --name web --directory /home --repo /mnt/backup/borg";
    const typed = await typeAll([
      { code: `${INSTALLED}\n${stopped(talk("autoborg setup", "Name of this", "\x03"))}` },
      {
        code: `${
          stopped(talk("autoborg setup", "Name of this", "\x04"))
        }\ntest ! -e /etc/autoborg/*`,
      },
      {
        code: stopped(
          talk(flags, ...["Generate a passphrase", ENTER], ...["Create the repository", "\x03"]),
        ),
      },
      {
        code: talk(
          "autoborg setup --no-run",
          ...["already exists. Go on with it", ENTER],
          ...["Create the repository", ENTER],
          ...["Export the keys", `no${ENTER}`],
          ...["Write the systemd units", `no${ENTER}`],
        ),
      },
      {
        code: talk(
          `${flags} --no-init`,
          ...["already exists. Go on with it", `n${ENTER}`],
          ...["Replace it, and keep", `y${ENTER}`],
          ...["Use the passphrase in the existing", ENTER],
          ...["Write the systemd units", `no${ENTER}`],
        ),
      },
    ]);
    for (const { code, output } of typed) assert.equal(code, 0, output);
    const [first = "", second = "", third = "", goneOn = "", replaced = ""] = typed
      .map(({ output }) => output);
    for (const output of [first, second]) {
      assert.match(output, /^error: Interrupted; nothing was written\s*$/m);
    }
    assert.match(third, /^error: Interrupted$[^]*^done: \/.*config\.toml$[^]*^ {2}autoborg init$/m);
    assert.match(goneOn, /^disk: created \/mnt\/backup\/borg [^]*^done: init$/m);
    assert.match(replaced, /^the old configuration is kept as [^]*^done: \/.*config\.toml$/m);
  },
);

for (const page of ["README.md", "README.de.md"]) {
  setupTest(`what ${page} tells to do by hand works as it stands there`, async () => {
    const byHand = readPage(page).fences.find(({ code }) => code.includes("setup --example"));
    assert.ok(byHand !== undefined, page);
    const code = byHand.code.replace(
      /^sudo nano (\S+)$/m,
      'sed -i "s/^passphrase = .*/passphrase = \\"correct horse\\"/; s/, \\"\\/root\\"//" $1',
    );
    assert.notEqual(code, byHand.code);
    // The probe has something to say: nothing starts a run at night.
    const [typed] = await typeAll([
      { code: code.replace(/^(sudo autoborg check-config --probe).*$/m, "$1 || test $? = 1") },
    ]);
    const output = typed?.output ?? "";
    assert.equal(typed?.code, 0, output);
    assert.match(output, /^ok after .*: disk ok$/m);
  });
}
