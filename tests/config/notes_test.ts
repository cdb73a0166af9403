import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { DISK, HEAD } from "./broken/file.ts";
import { Place } from "./files.ts";

async function notes(text: string): Promise<readonly string[]> {
  using place = new Place();
  Deno.writeTextFileSync(place.file, text);
  return (await loadConfig(place.file, {})).notes;
}

Deno.test("loadConfig() notes what has no effect", async () => {
  assert.deepEqual(await notes(HEAD + DISK), []);
  assert.deepEqual(await notes(`${HEAD}${DISK}[retention]\nkeep_daily = 7\n`), []);
  assert.deepEqual(await notes(`${HEAD}${DISK}[retention]\n`), [
    "[retention] is empty, so nothing is ever pruned: set keep_daily = 7, for example",
  ]);
  const keys = 'ssh_key = "/root/key"\nssh_options = ["A=b"]\nremote_borg = "borg1"\n';
  assert.deepEqual(
    await notes(HEAD + DISK + keys),
    ["ssh_key", "ssh_options", "remote_borg"].map((key) =>
      `${key} of [[repositories]] "disk" has no effect: its url is a path of this machine`
    ),
  );
  assert.deepEqual(await notes(HEAD + DISK.replace("/mnt/disk", "u@h:repo") + keys), []);
});

Deno.test("loadConfig() takes the root directory when Borg is kept out of /proc", async () => {
  const whole = HEAD.replace("/etc", "/");
  for (
    const keys of [
      "sources.one_file_system = true",
      'sources.exclude = ["/proc", "/sys"]',
      'sources.exclude = ["sh:proc/**"]',
      'sources.exclude = ["re:^(proc|sys)/"]',
    ]
  ) assert.deepEqual(await notes(`${whole}${keys}\n${DISK}`), []);
  for (const keys of ["", 'sources.exclude = ["/home/processes", "*.proc"]']) {
    await assert.rejects(notes(`${whole}${keys}\n${DISK}`), /one_file_system = true/);
  }
});

Deno.test("loadConfig() notes patterns that match nothing", async () => {
  const note = (pattern: string, advice: string) =>
    `exclude ${JSON.stringify(pattern)} of [sources] matches nothing: ${advice}`;
  const whole = (everywhere: string) =>
    `it is compared with whole paths; everywhere: "${everywhere}"`;
  const outside = "it is in none of the sources";
  for (
    const [pattern = "", ...said] of [
      ["node_modules", note("node_modules", whole("*/node_modules"))],
      ["node_modules/", note("node_modules/", whole("*/node_modules"))],
      ["sh:.cache/tmp", note("sh:.cache/tmp", whole("sh:**/.cache/tmp"))],
      ["/home/*/.cache", note("/home/*/.cache", outside)],
      ["pp:/home", note("pp:/home", outside)],
      ["pf:home/x", note("pf:home/x", outside)],
      ...["*.tmp", "**/node_modules", "*/.cache", "/etc/ssl/", "etc/ssl", "/etc", "re:x$", "/e*"]
        .map((one) => [one]),
      ...["sh:etc/**/x", "sh:**/x", "pp:/etc/a*b"].map((one) => [one]),
    ]
  ) {
    const text = `${HEAD}sources.exclude = [${JSON.stringify(pattern)}]\n${DISK}`;
    assert.deepEqual(await notes(text), said, pattern);
  }
  const datasets = '[zfs]\ndatasets = ["tank"]\n';
  const own = (pattern: string) => `${HEAD}${DISK}exclude = ["${pattern}"]\n${datasets}`;
  assert.deepEqual(await notes(own("/home/*/.cache")), [], "the datasets may be mounted there");
  assert.deepEqual(await notes(own("tank/x")), []);
  assert.match((await notes(own(".cache")))[0] ?? "", /of \[\[repositories\]\] "disk" matches/);
});

Deno.test("loadConfig() notes a page that is linked to and never written", async () => {
  const page = '[page]\nurl = "https://www.example.org/backup.html"\n';
  assert.deepEqual(await notes(`${HEAD}${DISK}${page}`), [
    "[page] has no file, so no page is written: its url is only linked to",
  ]);
  assert.deepEqual(await notes(`${HEAD}${DISK}${page}file = "/var/www/backup.html"\n`), []);
});

Deno.test("loadConfig() takes commands for a passphrase that need no shell, or start one", async () => {
  for (
    const command of [
      "pass show borg/offsite",
      "sh -c 'cat /root/x | head -1'",
      "/bin/bash -ec 'echo $X'",
      "printf '%s' 'a|b; $c `d`'",
      "systemd-creds decrypt /etc/x -",
      "secret-tool lookup borg a&b",
    ]
  ) {
    const text = HEAD + DISK.replace(/^passphrase.*$/m, `passphrase_command = "${command}"`);
    assert.deepEqual(await notes(text), [], command);
  }
});
