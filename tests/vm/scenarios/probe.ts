/** Scenarios: what `check-config --probe` says of ZFS. */
import assert from "node:assert/strict";
import { ourSnapshots } from "../leftovers.ts";
import { attempt, makePool, type Scenario, sh } from "../machine.ts";
import { autoborgCommand, configure, ENVIRONMENT, removeEverything } from "../program.ts";

interface Row {
  readonly topic: string;
  readonly name: string | null;
  readonly state: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Probes; every finding about one topic, as `name state: message`. */
async function probe(): Promise<(topic: string) => readonly string[]> {
  const command = [...autoborgCommand("check-config"), "--probe", "--json"];
  const ran = await attempt(command, ENVIRONMENT);
  assert(ran.code <= 2, ran.stderr);
  const { findings }: { readonly findings: readonly Row[] } = JSON.parse(ran.stdout);
  return (topic) =>
    findings.filter((row) => row.topic === topic)
      .map(({ name, state, message }) => `${name} ${state}: ${message}`);
}

/** What `check-config --probe` says of ZFS. */
export const probeScenarios: readonly Scenario[] = [
  {
    name: "probe says which datasets a run would take, and makes no snapshot",
    async run() {
      await using _pool = await makePool("ask");
      await sh("zfs", "create", "ask/data");
      await sh("zfs", "create", "ask/data/inner");
      await sh("zfs", "create", "-V", "8M", "ask/data/vol");
      await Deno.writeTextFile("/var/tmp/key", "password");
      const key = ["-o", "keyformat=passphrase", "-o", "keylocation=file:///var/tmp/key"];
      await sh("zfs", "create", "-o", "encryption=on", ...key, "ask/data/secret");
      await sh("zfs", "unmount", "ask/data/secret");
      await sh("zfs", "unload-key", "ask/data/secret");
      await sh("mkdir", "/ask/files");
      await Deno.writeTextFile("/ask/files/one", "one");
      const sources = `[sources]\ndirectories = ["/ask/files", "/etc/ssh"]
[zfs]\ndatasets = ["ask/data", "ask/dta"]\nrecursive = true\nexclude = ["ask/data/vil"]`;
      await configure(sources, ["disk"]);
      try {
        const rows = await probe();
        assert.match(rows("zfs").join(), /^null ok: version \d\S+, kernel module \d\S+$/);
        const datasets = rows("dataset").join("\n");
        assert.match(datasets, /^ask\/data ok: 2 datasets would be snapshotted$/m);
        assert.match(datasets, /^ask\/data failed: .*"ask\/data\/secret".*key is not loaded$/m);
        assert.match(datasets, /^ask\/data warning: .*"ask\/data\/vol": it is a volume/m);
        assert.match(datasets, /^ask\/dta failed: .*"ask\/dta": it does not exist$/m);
        assert.match(rows("exclude").join(), /^ask\/data\/vil warning: /);
        assert.deepEqual(rows("directory"), [
          "/ask/files ok: on ZFS, read from a snapshot of ask",
          "/etc/ssh ok: can be read",
        ]);
        assert.match(rows("repository").join(), /^disk ok: repokey-blake2; no archive/);
        assert.deepEqual(await ourSnapshots(), []);
      } finally {
        await removeEverything();
      }
    },
  },
  {
    name: "probe says which pool is not there",
    long: "a second start of the probe for one line",
    async run() {
      await configure('[zfs]\ndatasets = ["nowhere/data"]', ["disk"]);
      try {
        const rows = await probe();
        assert.match(
          rows("dataset").join(),
          /^nowhere\/data failed: .*there is no pool "nowhere"$/,
        );
        assert.match(rows("zfs").join(), /^null ok: /);
      } finally {
        await removeEverything();
      }
    },
  },
];
