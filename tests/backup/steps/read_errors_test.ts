import assert from "node:assert/strict";
import fc from "fast-check";
import { ReadErrors, SINGLE_FILES } from "../../../lib/backup/steps/read_errors.ts";
import type { Problem } from "../../../lib/backup/outcome.ts";
import { parseBorgLine } from "../../../lib/borg/log_line.ts";
import { ANY_CHARACTER } from "../../characters.ts";

const CHANGED = "file changed while we backed it up";

function warning(message: string): string {
  return JSON.stringify({ type: "log_message", levelname: "WARNING", name: "borg", message });
}

/** What is said about these warnings of Borg's, with the source "srv/data". */
function problemsAfter(...messages: readonly string[]): readonly Problem[] {
  const trouble = new ReadErrors(["srv/data"]);
  for (const message of messages) trouble.hear(parseBorgLine(warning(message)));
  return trouble.problems;
}

/** Severity and beginning of what is said about one warning. */
function judge(message: string): string {
  const [problem, ...others] = problemsAfter(message);
  assert.deepEqual(others, []);
  return `${problem?.severity}: ${problem?.message}`;
}

Deno.test("ReadErrors takes a single file for a warning when it could not be read", () => {
  const said = judge("srv/data/a: open: [Errno 13] Permission denied: 'a'");
  assert.equal(said, 'warning: 1 file could not be read: "srv/data/a"');
});

Deno.test("ReadErrors takes a file for lost when the repository has no space left", () => {
  for (const reason of ["[Errno 28] No space left on device", "[Errno 122] Disk quota exceeded"]) {
    assert.equal(
      judge(`srv/data/a: read: ${reason}`),
      'error: 1 file could not be stored because the repository has no space left: "srv/data/a"',
    );
  }
});

Deno.test("ReadErrors takes more than a few unreadable files for an error", () => {
  const files = (count: number) =>
    Array.from({ length: count }, (_, file) => {
      return `srv/data/${file}: open: [Errno 13] Permission denied: '${file}'`;
    });
  assert.equal(problemsAfter(...files(SINGLE_FILES))[0]?.severity, "warning");
  const [problem] = problemsAfter(...files(SINGLE_FILES + 1));
  assert.equal(problem?.severity, "error");
  assert.match(problem?.message ?? "", /^11 files could not be read: "srv\/data\/0", .*, …$/);
});

Deno.test("ReadErrors takes every error of the medium for an error", () => {
  for (const errno of [5, 6, 19, 61, 74, 107, 116, 117]) {
    const said = judge(`srv/data/a: read: [Errno ${errno}] Something`);
    assert.equal(said, 'error: 1 file could not be read because of an I/O error: "srv/data/a"');
  }
});

Deno.test("ReadErrors takes a directory that can't be opened for an error", () => {
  for (const operation of ["dir_open", "scandir", "listdir"]) {
    const said = judge(`srv/data/d: ${operation}: [Errno 13] Permission denied: 'd'`);
    assert.equal(said, 'error: 1 directory could not be read: "srv/data/d"');
  }
});

Deno.test("ReadErrors takes a file for a warning when it vanished or changed", () => {
  assert.equal(
    judge("srv/data/a: stat: [Errno 2] No such file or directory: 'a'"),
    'warning: 1 file vanished while being read: "srv/data/a"',
  );
  assert.equal(
    judge(`srv/data/a: ${CHANGED}`),
    'warning: 1 file changed while being read: "srv/data/a"',
  );
});

Deno.test("ReadErrors takes a source for an error when it vanished or can't be read", () => {
  for (
    const message of [
      "srv/data: [Errno 2] No such file or directory: 'srv/data'", // Borg 1.2
      "srv/data: stat: [Errno 2] No such file or directory: 'srv/data'", // Borg 1.4
      "srv/data: dir_open: [Errno 13] Permission denied: 'data'",
    ]
  ) {
    assert.equal(judge(message), 'error: 1 source could not be read: "srv/data"');
  }
});

Deno.test("ReadErrors is not misled by a file's name that looks like an error", () => {
  const names = [
    "x: [Errno 5] y",
    "x: open: [Errno 5] Input/output error",
    `x: ${CHANGED}`,
    "x: [Errno 5] y: 'z'",
    "[Errno 2] gone",
    "line\nbreak: read: [Errno 5] ",
  ];
  for (const name of names) {
    const path = JSON.stringify(`srv/data/${name}`);
    const repr = name.includes("'") ? `"${name}"` : `'${name.replace("\n", "\\n")}'`;
    assert.equal(
      judge(`srv/data/${name}: open: [Errno 13] Permission denied: ${repr}`),
      `warning: 1 file could not be read: ${path}`,
    );
    assert.equal(
      judge(`srv/data/${name}: read: [Errno 5] Input/output error`),
      `error: 1 file could not be read because of an I/O error: ${path}`,
    );
    assert.equal(
      judge(`srv/data/${name}: ${CHANGED}`),
      `warning: 1 file changed while being read: ${path}`,
    );
  }
});

Deno.test("ReadErrors repeats a warning that it does not know", () => {
  assert.equal(judge("Something is odd"), "warning: Something is odd");
});

Deno.test("ReadErrors loses no warning, whatever it says", () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (message) => {
    assert.equal(problemsAfter(message).length, 1);
  }));
});

Deno.test("ReadErrors keeps to a few names however many files there are", () => {
  const many = Array.from({ length: 10_000 }, (_, file) => `srv/data/${file}: ${CHANGED}`);
  const [problem] = problemsAfter(...many);
  assert.match(problem?.message ?? "", /^10,000 files changed while being read: /);
  assert.ok((problem?.message ?? "").length < 300);
});

Deno.test("ReadErrors counts files by Borg's status letters", () => {
  const trouble = new ReadErrors();
  for (const status of ["A", "A", "M", "E", "C", "U", "d"]) {
    trouble.hear(parseBorgLine(JSON.stringify({ type: "file_status", status, path: "p" })));
  }
  trouble.hear(parseBorgLine(warning(`p: ${CHANGED}`)));
  const expected = { added: 2, modified: 1, changedWhileRead: 1, unreadable: 1 };
  assert.deepEqual(trouble.changes, expected);
});
