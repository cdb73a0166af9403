import assert from "node:assert/strict";
import {
  failed,
  failedBy,
  ok,
  skipped,
  stateOf,
  subject,
  warning,
} from "../../lib/probe/finding.ts";
import { findingsReport, findingsText } from "../../lib/probe/findings_report.ts";
import { AppError } from "../../lib/errors.ts";

const BORG = subject("borg");
const PLAIN = { width: Infinity, colour: false };
const FINDINGS = [
  ok(BORG, "version 1.2.4"),
  failed(subject("repository", "disk"), "wrong passphrase", "Correct the passphrase"),
  warning(subject("place", "logs.directory"), "look at this"),
  skipped(subject("mail"), "there is no [mail] table"),
];

Deno.test("stateOf() counts what is skipped as nothing", () => {
  assert.equal(stateOf([]), "ok");
  assert.equal(stateOf([ok(BORG, ""), skipped(BORG, "")]), "ok");
  assert.equal(stateOf([warning(BORG, ""), skipped(BORG, "")]), "warning");
  assert.equal(stateOf([failed(BORG, ""), warning(BORG, "")]), "failed");
});

Deno.test("failedBy() keeps the hint of an AppError", () => {
  const finding = failedBy(BORG, new AppError("Cannot", { hint: "Do" }));
  assert.deepEqual(finding, { ...BORG, state: "failed", message: "Cannot", hint: "Do" });
});

Deno.test("findingsText() makes a table of what, state and message, with a last line that counts", () => {
  assert.equal(
    findingsText(FINDINGS, PLAIN),
    `borg             ok       version 1.2.4
repository disk  failed   wrong passphrase
                          hint: Correct the passphrase
logs.directory   warning  look at this
mail             skipped  there is no [mail] table
failed: 1 failed, 1 warning, 1 skipped, 1 ok
`,
  );
});

Deno.test("findingsText() counts several warnings as such", () => {
  const two = [warning(BORG, "one"), warning(BORG, "two"), ok(BORG, "three")];
  assert.match(findingsText(two, PLAIN), /\nwarning: 2 warnings, 1 ok\n$/);
});

Deno.test("findingsText() breaks the third column at blanks and keeps long words whole", () => {
  const path = `/${"a".repeat(60)}`;
  const finding = warning(BORG, `something about ${path} that is rather long`, "Do this or that");
  const lines = findingsText([finding], { width: 50, colour: false }).split("\n");
  assert.equal(lines[0], "borg  warning  something about");
  assert.equal(lines[1], `               ${path}`);
  assert.ok(lines.filter((line) => !line.includes(path)).every((line) => line.length <= 50));
});

Deno.test("findingsText() makes blocks when there is no room for a table", () => {
  const text = findingsText(FINDINGS, { width: 40, colour: false });
  assert.match(text, /^repository disk: failed\n {2}wrong passphrase\n {2}hint: Correct/m);
});

Deno.test("findingsText() lets nothing through that a terminal would act on", () => {
  const evil = failed(subject("directory", "/a\x1b[2J\nok"), "b\x1b]0;c\x07", "d\re");
  const text = findingsText([evil], PLAIN);
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f]/);
  assert.equal(text.split("\n").length, 4);
});

Deno.test("findingsText() colours the states when it shall", () => {
  const text = findingsText(FINDINGS, { width: 100, colour: true });
  assert.ok(text.includes("\x1b[31mfailed \x1b[39m  wrong"));
  assert.ok(text.includes("\x1b[32mok     \x1b[39m  version"));
});

Deno.test("findingsReport() has every key in every finding", () => {
  const report = findingsReport("web", new Date("2026-11-23T04:00:00Z"), FINDINGS);
  assert.deepEqual({ ...report, findings: report.findings.slice(0, 2) }, {
    version: 1,
    name: "web",
    at: "2026-11-23T04:00:00.000Z",
    state: "failed",
    findings: [
      { topic: "borg", name: null, state: "ok", message: "version 1.2.4", hint: null },
      {
        topic: "repository",
        name: "disk",
        state: "failed",
        message: "wrong passphrase",
        hint: "Correct the passphrase",
      },
    ],
  });
});
