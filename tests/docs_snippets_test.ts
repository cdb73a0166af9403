/**
 * Snippets of the documents in languages of other programs, judged by these programs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { readPage, readPages, ROOT } from "./pages.ts";
import { runToEnd, which } from "./e2e/program.ts";

const ENV = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" };

/** A test that needs a program. */
function testWith(program: string, name: string, fn: (directory: string) => Promise<void>): void {
  const ignore = which(program) === undefined;
  Deno.test({
    name: ignore ? `${name} (not run: ${program} is not installed)` : name,
    ignore,
    fn: async () => {
      const directory = await Deno.makeTempDir({ prefix: "autoborg-docs-" });
      try {
        await fn(directory);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

async function demand(...command: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runToEnd(command, { env: ENV });
  assert.equal(code, 0, `${command.join(" ")}\n${stdout}${stderr}`);
}

function snippets(language: string, page?: string): { path: string; code: string }[] {
  const pages = page === undefined ? readPages() : [readPage(page)];
  return pages.flatMap(({ path, fences }) =>
    fences.filter((fence) => fence.language === language).map(({ code }) => ({ path, code }))
  );
}

testWith("bash", "bash reads every snippet for a shell", async (directory) => {
  const file = join(directory, "snippet");
  for (const { code } of [...snippets("sh"), ...snippets("bash")]) {
    await Deno.writeTextFile(file, code);
    await demand("bash", "-n", file);
  }
});

testWith("systemd-analyze", "systemd knows every key of the units", async (directory) => {
  const found = snippets("ini");
  assert.ok(found.length > 0);
  const units = { Service: "ExecStart=/bin/true\n", Timer: "OnCalendar=03:30\n" };
  for (const { path, code } of found) {
    // What is shown is added to a unit.
    for (const [section, text] of Object.entries(units)) {
      const more = code.startsWith(`[${section}]`) ? code : "";
      const file = join(directory, `x.${section.toLowerCase()}`);
      await Deno.writeTextFile(file, `[${section}]\n${text}${more}`);
    }
    const file = join(directory, "x.timer");
    const { code: status, stderr } = await runToEnd(["systemd-analyze", "verify", file], {
      env: ENV,
    });
    assert.equal(status, 0, `${path}: ${stderr}`);
    assert.doesNotMatch(stderr, /x\.(?:timer|service)/, path);
  }
});

testWith("promtool", "Prometheus takes the files of docs/how-to/many-machines.md", async (
  directory,
) => {
  const [config = "", rules = ""] = snippets("yaml", "docs/how-to/many-machines.md")
    .map(({ code }) => code);
  copyFileSync(
    join(ROOT, "contrib/prometheus/autoborg.rules.yml"),
    join(directory, "autoborg.rules.yml"),
  );
  await Deno.writeTextFile(join(directory, "machines.rules.yml"), rules);
  await Deno.writeTextFile(join(directory, "prometheus.yml"), config);
  await demand("promtool", "check", "config", join(directory, "prometheus.yml"));
});

testWith("promtool", "the alerts of docs/how-to/many-machines.md fire when they should", async (
  directory,
) => {
  const [, rules = ""] = snippets("yaml", "docs/how-to/many-machines.md").map(({ code }) => code);
  await Deno.writeTextFile(join(directory, "machines.rules.yml"), rules);
  await Deno.writeTextFile(join(directory, "test.yml"), MACHINES);
  await demand("promtool", "test", "rules", join(directory, "test.yml"));
});

/** web1 is well, db1 is off, mail1 has no autoborg; the disk of the server fills up. */
const MACHINES = `rule_files: [machines.rules.yml]
evaluation_interval: 5m
tests:
  - interval: 5m
    input_series:
      - { series: 'up{job="node",instance="web1:9100"}', values: "1x200" }
      - { series: 'autoborg_info{job="node",instance="web1:9100",name="web1",version="1"}', values: "1x200" }
      - { series: 'up{job="node",instance="db1:9100"}', values: "0x200" }
      - { series: 'up{job="node",instance="mail1:9100"}', values: "1x200" }
      - { series: 'up{job="node",instance="backup.example.org:9100"}', values: "1x200" }
      - { series: 'node_filesystem_size_bytes{job="node",instance="backup.example.org:9100",mountpoint="/srv/borg"}', values: "1000x200" }
      - { series: 'node_filesystem_avail_bytes{job="node",instance="backup.example.org:9100",mountpoint="/srv/borg"}', values: "300-1x200" }
    alert_rule_test:
      - eval_time: 30m
        alertname: MachineAbsent
      - eval_time: 2h
        alertname: MachineAbsent
        exp_alerts:
          - exp_labels: { severity: critical, job: node, instance: "db1:9100" }
            exp_annotations:
              summary: "db1:9100 can't be reached, so nobody knows about its backups"
      - eval_time: 2h
        alertname: MachineWithoutBackup
        exp_alerts:
          - exp_labels: { severity: critical, job: node, instance: "mail1:9100" }
            exp_annotations:
              summary: "mail1:9100 is on, and reports no backup at all"
      - eval_time: 2h
        alertname: BackupServerFull
      - eval_time: 16h
        alertname: BackupServerFull
        exp_alerts:
          - exp_labels: { severity: warning, job: node, instance: "backup.example.org:9100", mountpoint: /srv/borg }
            exp_annotations:
              summary: "Only 10.8% of the backup server's disk is free"
      - eval_time: 16h
        alertname: BackupServerFullSoon
        exp_alerts:
          - exp_labels: { severity: warning, job: node, instance: "backup.example.org:9100", mountpoint: /srv/borg }
            exp_annotations:
              summary: "At this rate the backup server's disk is full within two weeks"
`;
