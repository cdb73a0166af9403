import assert from "node:assert/strict";
import type { RepositoryOutcome, RunOutcome } from "../../lib/backup/outcome.ts";
import { outcomeLine } from "../../lib/report/describe.ts";
import { shortened, subjectLine, summaryOf } from "../../lib/report/subject.ts";
import { BAD, GOOD, runWith, STATS } from "./outcomes.ts";

function subject(outcome: RunOutcome): string {
  return subjectLine(outcome, outcome.state, summaryOf(outcome));
}

Deno.test("summaryOf() counts repositories and new data when everything is ok", () => {
  const steps = [{
    step: "create",
    state: "ok",
    problems: [],
    duration: 1,
    stats: { ...STATS, newSize: 644_245_094 },
  }] as const;
  const repositories = ["local", "offsite"].map((
    label,
  ) => ({ label, state: "ok", steps } as const));
  const outcome = runWith({ name: "server-backup", hostname: "web1", repositories });
  assert.equal(
    subject(outcome),
    "[ok] server-backup on web1: 2 repositories, 1.2 GiB new, 4 min 10 s",
  );
  assert.equal(subject(runWith()), "[ok] web on host: 1 repository, 3.4 MiB new, 4 min 10 s");
});

Deno.test("summaryOf() says that there is no backup when create was skipped", () => {
  const reason = "excluded by --skip";
  const skipped = { step: "create", state: "skipped", reason, expected: true } as const;
  const pruned = { step: "prune", state: "ok", problems: [], duration: 1 } as const;
  const disk: RepositoryOutcome = { label: "disk", state: "ok", steps: [skipped, pruned] };
  const usb: RepositoryOutcome = { label: "usb", state: "absent", reason: "gone" };
  assert.equal(
    subject(runWith({ repositories: [disk, usb] })),
    "[ok] web on host: no backup, create was skipped",
  );
  assert.match(summaryOf(runWith({ repositories: [disk, GOOD] })), /^2 repositories/);
});

Deno.test("summaryOf() names what failed first, with its reason", () => {
  const outcome = runWith({ state: "failed", repositories: [GOOD, BAD] });
  assert.equal(
    subject(outcome),
    "[FAILED] web on host: offsite failed (wrong passphrase), disk ok",
  );
});

Deno.test("summaryOf() says what a warning is about", () => {
  const repository: RepositoryOutcome = {
    label: "disk",
    state: "warning",
    steps: [{
      step: "create",
      state: "warning",
      duration: 1,
      problems: [{ severity: "warning", message: "a file changed" }],
    }],
  };
  const outcome = runWith({ state: "warning", repositories: [repository] });
  assert.equal(subject(outcome), "[warning] web on host: disk warning (a file changed)");
});

Deno.test("summaryOf() names every step that failed", () => {
  const failed = (step: "create" | "inspect" | "check", message: string) => ({
    ...{ step, state: "failed" as const, duration: 1 },
    problems: [{ severity: "error" as const, message }],
  });
  const steps = [
    failed("inspect", '"/srv" is empty'),
    failed("check", "damage"),
    failed("create", "x"),
  ];
  const outcome = runWith({
    state: "failed",
    repositories: [{ label: "disk", state: "failed", steps }],
  });
  assert.equal(summaryOf(outcome), 'disk failed ("/srv" is empty; also check, create)');
  assert.match(
    outcomeLine(outcome),
    /: disk failed \(inspect: "\/srv" is empty; check: damage; create: x\)$/,
  );
  assert.match(outcomeLine(outcome, false), /: disk failed \(inspect, check, create\)$/);
});

Deno.test("summaryOf() and outcomeLine() say once why several repositories failed", () => {
  const nas = { ...BAD, label: "nas" };
  const outcome = runWith({ state: "failed", repositories: [BAD, GOOD, nas] });
  assert.equal(summaryOf(outcome), "offsite and nas failed (wrong passphrase), disk ok");
  assert.match(
    outcomeLine(outcome),
    /: offsite and nas failed \(create: wrong passphrase\), disk ok$/,
  );
});

Deno.test("summaryOf() names an absent repository", () => {
  const absent: RepositoryOutcome = { label: "usb", state: "absent", reason: "it is not there" };
  const good = runWith({ repositories: [GOOD, absent] });
  assert.equal(summaryOf(good), "1 repository, 3.4 MiB new, usb absent, 4 min 10 s");
  const bad = runWith({ state: "failed", repositories: [absent, BAD] });
  assert.equal(summaryOf(bad), "offsite failed (wrong passphrase), usb absent");
});

Deno.test("summaryOf() says that a run was interrupted, once", () => {
  const outcome = runWith({
    state: "failed",
    interruptedBy: "SIGTERM",
    problems: [{ severity: "error", message: "interrupted by SIGTERM" }],
    repositories: [],
  });
  assert.equal(summaryOf(outcome), "interrupted by SIGTERM");
});

Deno.test("summaryOf() gives the run's own failure, not its warnings", () => {
  const outcome = runWith({
    state: "failed",
    problems: [
      { severity: "warning", message: "the log is open to others" },
      { severity: "error", message: 'Cannot use the directory "/run/autoborg"\nsecond line' },
    ],
    repositories: [],
  });
  assert.equal(summaryOf(outcome), 'Cannot use the directory "/run/autoborg"');
});

Deno.test("summaryOf() keeps control characters out of the subject", () => {
  const problems = [{ severity: "error", message: "a\r\x1b[31mb\tc" }] as const;
  const outcome = runWith({ state: "failed", problems, repositories: [] });
  assert.equal(summaryOf(outcome), "a\\x0d\\x1b[31mb\\tc");
});

Deno.test("subjectLine() stays readable when the reason is endless", () => {
  const text = subjectLine({ name: "web", hostname: "host" }, "failed", "ä".repeat(1_000));
  assert.equal([...text].length, 240);
  assert.ok(text.endsWith("ä…"));
});

Deno.test("shortened() does not cut a character in half", () => {
  assert.equal(shortened("😀😀😀", 3), "😀😀😀");
  assert.equal(shortened("😀😀😀😀", 3), "😀😀…");
});
