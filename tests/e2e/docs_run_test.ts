/**
 * Types what the documents tell to type, in the order in which it stands there, and compares what
 * is printed with what they show.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Fence, readPage } from "../pages.ts";
import { NO_STRANGER, type Step, typeAll } from "./stranger.ts";

/** What must be there before the first command of a page. */
const BEFORE: Readonly<Record<string, string>> = {
  "docs/getting-started.md": "",
  "docs/how-to/monitoring.md": `
mkdir -p /etc/autoborg
cat >/etc/autoborg/config.toml <<'TOML'
name = "web"
sources.directories = ["/home"]
[[repositories]]
label = "disk"
url = "/mnt/backup/disk"
passphrase = "correct horse"
TOML
chmod 0600 /etc/autoborg/config.toml
autoborg init
autoborg run
`,
  "docs/how-to/restore.md": `
mkdir -p /etc/autoborg /var/log/app
printf 'a line\\n' >/var/log/app/app.log
printf 'a report\\n' >/home/anna/report.odt
cat >/etc/autoborg/config.toml <<'TOML'
name = "web"
sources.directories = ["/etc", "/home", "/var/log"]
[[repositories]]
label = "disk"
url = "/mnt/backup/disk"
passphrase = "correct horse"
[[repositories]]
label = "offsite"
url = "/mnt/backup/offsite"
passphrase = "battery staple"
TOML
chmod 0600 /etc/autoborg/config.toml
autoborg init
for run in 20T04:00:00Z-0a1b2c3d 21T04:00:00Z-1a2b3c4d 22T04:00:00Z-5e6f7a8b; do
  autoborg borg disk -- create --timestamp "2026-11-\${run%Z-*}" "::web-2026-11-$run" /home
done
autoborg run --skip check,compact || true
# A machine without a history takes every archive for ours.
rm -rf /var/lib/autoborg
`,
};

for (const [path, before] of Object.entries(BEFORE)) {
  Deno.test({
    name: `${path} can be typed as it stands${NO_STRANGER ? ` (not run: ${NO_STRANGER})` : ""}`,
    ignore: NO_STRANGER !== undefined,
    fn: async () => {
      const { fences } = readPage(path);
      const steps = [{ code: before }, ...fences.filter(({ runs }) => runs).map(toStep)];
      assert.ok(steps.length > 2, `${path}: nothing is marked to be run`);
      const typed = await typeAll(steps);
      for (const [index, { code, output }] of typed.entries()) {
        assert.equal(code, 0, `${path}: ${steps[index]?.code}\n${output}`);
      }
      for (const [index, fence] of fences.filter(({ runs }) => runs).entries()) {
        const shown = fences[fences.indexOf(fence) + 1];
        if (shown?.language !== "text" || shown.runs) continue;
        assertShown(path, shown.code, typed[index + 1]?.output ?? "");
      }
    },
  });
}

function toStep({ language, code }: Fence): Step {
  if (language !== "toml") return { code };
  return { code: `cat >/etc/autoborg/config.toml <<'TOML'\n${code}TOML\n` };
}

/** Every line that a page shows is printed, in the same order. */
function assertShown(path: string, shown: string, output: string): void {
  const printed = output.split("\n").map(withoutFigures);
  let from = 0;
  for (const line of shown.trimEnd().split("\n")) {
    const at = printed.indexOf(withoutFigures(line), from);
    assert.ok(at >= 0, `${path}: the page shows\n${line}\nand this is printed:\n${output}`);
    from = at + 1;
  }
}

/** What differs from one machine and one day to another is left out. */
function withoutFigures(line: string): string {
  return line.replace(/\bon \S+, run/, "on HOST, run")
    .replaceAll(/\b[0-9a-f]{8}\b/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:]+(?:Z| [+-]\d\d:\d\d)?/g, "TIME")
    .replaceAll(/\b\d[\d,.]*( ?(?:B|[KMG]iB|m?s|min|h|d))?\b( \d+ (?:s|min|h))?/g, "N")
    .replaceAll(/\s+/g, " ").trim();
}
