import assert from "node:assert/strict";
import { SmallDisk } from "./full_disk.ts";
import { Place, repository } from "./place.ts";

/** What the machine has that runs this; `/opt` is there everywhere. */
const OTHERS = ["postgresql", "mariadb", "redis", "/root", "/home", "/var", "/boot"];

/** Lets `mount` list these lines alone, and the file system of the source. */
async function mounted(place: Place, ...lines: readonly string[]): Promise<void> {
  const own = `autoborg-test on ${place.at("source")} type tmpfs (rw)`;
  const text = [own, ...lines].join("\n");
  await place.write("bin/mount", `#!/bin/sh\ncat <<'EOF'\n${text}\nEOF\n`, 0o755);
  place.env.PATH = `${place.at("bin")}:${Deno.env.get("PATH")}`;
}

Deno.test("run names what is in no source, and warns once of a file system that is new", async () => {
  await using place = await Place.quick({
    coverage: { ignore: OTHERS },
    metrics: { textfile: "metrics.prom" },
  });
  // The sources and the repository are on file systems of their own.
  await using backup = await SmallDisk.mount(place.at("first.borg"), "40m");
  if (backup === undefined) return;
  await place.init();
  await using disk = await SmallDisk.mount(place.at("source"), "1m");
  if (disk === undefined) return;
  await place.write("source/file", "content");
  await mounted(place);
  const { stderr } = await place.expect(0, "run");
  assert.doesNotMatch(stderr, /in no source/);

  await mounted(place, "/dev/vdz1 on /opt type ext4 (rw,relatime)");
  const found = await place.expect(1, "run");
  assert.match(found.stderr, /warning: The file system "\/opt" \(.*iB\) is new and in no source/);
  assert.match(found.stderr, /note: in no source: file system "\/opt" \(.*iB\); more about it: /);
  const again = await place.expect(0, "run");
  assert.match(again.stderr, /note: in no source: file system "\/opt"/);
  assert.match(await place.log(), /note: in no source: file system "\/opt"/);
  const { stdout } = await place.expect(0, "status");
  assert.match(stdout, /^in no source: file system "\/opt" \(.*iB\)$/m);
  const status = JSON.parse((await place.expect(0, "status", "--json")).stdout);
  assert.equal(status.uncovered[0].name, "/opt");
  assert.equal(status.uncovered[0].kind, "file-system");
  const metrics = await Deno.readTextFile(place.at("metrics.prom"));
  assert.match(metrics, /^autoborg_uncovered_places\{name="web",kind="file-system"\} 1$/m);

  const probed = await place.autoborg("check-config", "--probe");
  assert.match(probed.stdout, /coverage \/opt +warning +this file system is in no source: .*iB/);
  await place.configure({ coverage: { ignore: [...OTHERS, "/opt"] } });
  const ignored = await place.autoborg("check-config", "--probe", "--json");
  const findings: readonly { topic: string; state: string }[] = JSON.parse(ignored.stdout).findings;
  assert.deepEqual(findings.filter(({ topic }) => topic === "coverage").map(({ state }) => state), [
    "ok",
  ]);
});

Deno.test("run says nothing of the rest when only some repositories get a backup", async () => {
  await using place = await Place.quick({
    repositories: [repository("first"), repository("second")],
    coverage: { ignore: [] },
  });
  await place.init();
  const { stderr } = await place.expect(0, "run", "--repo", "first");
  assert.doesNotMatch(stderr, /in no source/);
  const { stdout } = await place.autoborg("status", "--json");
  assert.equal(JSON.parse(stdout).uncovered, null);
});
