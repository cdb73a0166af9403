/**
 * Runs the scenarios, one after the other, in the virtual machine.
 *
 * @module
 */
import { assertNothingLeft } from "./leftovers.ts";
import { attempt, events, say, type Scenario } from "./machine.ts";
import { containerScenarios } from "./scenarios/containers.ts";
import { deathScenarios } from "./scenarios/death.ts";
import { directoryScenarios } from "./scenarios/directories.ts";
import { dryRunScenarios } from "./scenarios/dry_run.ts";
import { failureScenarios } from "./scenarios/failures.ts";
import { foreignScenarios } from "./scenarios/foreign.ts";
import { packageScenarios } from "./scenarios/package.ts";
import { probeScenarios } from "./scenarios/probe.ts";
import { runScenarios } from "./scenarios/run.ts";
import { serviceScenarios } from "./scenarios/services.ts";
import { stagingScenarios } from "./scenarios/staging.ts";
import { systemdScenarios } from "./scenarios/systemd.ts";

/** How many characters of a failure are printed. */
const LONGEST_FAILURE = 8_000;

/** How many events are printed with a failure. */
const LAST_EVENTS = 30;

const STAGING: readonly Scenario[] = [
  ...stagingScenarios,
  ...directoryScenarios,
  ...dryRunScenarios,
  ...failureScenarios,
  ...foreignScenarios,
  ...deathScenarios,
  ...probeScenarios,
];
const PROGRAM: readonly Scenario[] = [
  ...serviceScenarios,
  ...systemdScenarios,
  ...runScenarios,
  ...packageScenarios,
  ...containerScenarios,
];

/** Two groups that take about as long as each other, for two machines side by side, and the rest. */
const GROUPS: Readonly<Record<string, readonly Scenario[]>> = {
  staging: STAGING.filter(({ long }) => long === undefined),
  program: PROGRAM.filter(({ long }) => long === undefined),
  long: [...STAGING, ...PROGRAM].filter(({ long }) => long !== undefined),
};

const choice = Deno.args[0] ?? "";
const chosen = GROUPS[choice] ??
  [...STAGING, ...PROGRAM].filter(({ name }) => new RegExp(choice).test(name));
// In seconds. A slow machine of CI says which scenarios it did not come to, instead of running out of time.
const budget = Number(Deno.env.get("AUTOBORG_VM_BUDGET") || Infinity);
let failed = 0;
let skipped = 0;
for (const scenario of chosen) {
  const isLate = performance.now() > budget * 1_000;
  const skip = scenario.skip ?? (isLate ? `the ${budget} s for scenarios are used up` : undefined);
  if (skip !== undefined) {
    skipped += 1;
    say(`skipped          ${scenario.name}: ${skip}`);
    continue;
  }
  const started = performance.now();
  let failure: unknown;
  try {
    await scenario.run();
    await assertNothingLeft();
  } catch (error) {
    failure = error;
    failed += 1;
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
  say(`${failure === undefined ? "ok    " : "FAILED"} ${seconds} s  ${scenario.name}`);
  if (failure === undefined) continue;
  // Whatever fails when things are cleaned up is told after what failed first.
  const both = failure instanceof SuppressedError ? [failure.suppressed, failure.error] : [failure];
  for (const one of both) {
    const text = one instanceof Error ? one.stack ?? one.message : String(one);
    say(text.slice(0, LONGEST_FAILURE));
  }
  // What autoborg did last, when it ran in this process.
  for (const event of events.slice(-LAST_EVENTS)) {
    say(`       ${JSON.stringify(event)}`.slice(0, 300));
  }
  await startOver();
}
say(`${chosen.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped`);
Deno.exit(failed === 0 && chosen.length > 0 ? 0 : 1);

/** What a failed scenario left must not make the next one fail. */
async function startOver(): Promise<void> {
  const script = `
    systemctl kill --signal=KILL --kill-whom=all autoborg.service; umount /mnt/disk
    awk '$5 ~ "^/run/autoborg" || $5 ~ "^/var/tmp/ram" { print $5 }' /proc/self/mountinfo |
      tac | xargs -r -d '\\n' -n 1 umount
    for pool in $(zpool list -H -o name); do zpool destroy -f "$pool"; done
    rm -rf /run/autoborg /opt/shims /var/lib/autoborg /etc/autoborg /var/tmp/repos`;
  await attempt(["sh", "-c", script]);
}
