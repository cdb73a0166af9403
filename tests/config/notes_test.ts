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
