import assert from "node:assert/strict";
import fc from "fast-check";
import { type BorgLine, parseBorgLine } from "../../lib/borg/log_line.ts";
import { ANY_CHARACTER } from "../characters.ts";

const KINDS: readonly BorgLine["kind"][] = [
  "file-status",
  "message",
  "archive-progress",
  "percent",
  "question",
  "other",
  "text",
];

Deno.test("parseBorgLine() takes a lost files cache for information, an unreadable one for a warning", () => {
  const levelOf = (message: string) => {
    const line = parseBorgLine(
      JSON.stringify({ type: "log_message", levelname: "WARNING", message }),
    );
    return line.kind === "message" ? line.level : line.kind;
  };
  for (
    const harmless of [
      "The files cache can't be read. [[Errno 2] No such file or directory: '/c/files']",
      "The files cache seems invalid. [FileCacheEntry.__new__() missing 1 argument: 'age']",
      "The files cache is corrupted. [File failed integrity check: /c/files]",
      "Continuing without files cache - expect lower performance.",
    ]
  ) assert.equal(levelOf(harmless), "info", harmless);
  for (
    const warning of [
      "The files cache can't be read. [[Errno 5] Input/output error: '/c/files']",
      "srv/The files cache can't be read. [[Errno 2] x]: stat: [Errno 2] No such file: 'x'",
    ]
  ) assert.equal(levelOf(warning), "warning", warning);
});

Deno.test("parseBorgLine() reads the lines that Borg prints", () => {
  const cases: readonly (readonly [string, BorgLine])[] = [
    [
      '{"type": "file_status", "status": "A", "path": "srv/data/file"}',
      { kind: "file-status", status: "A", path: "srv/data/file" },
    ],
    [
      '{"type": "log_message", "time": 1795412046.8, "message": "s2/locked: open: [Errno 13] ' +
      'Permission denied: \'locked\'", "levelname": "WARNING", "name": "borg.archiver", ' +
      '"msgid": "BackupPermissionError"}',
      {
        kind: "message",
        level: "warning",
        text: "s2/locked: open: [Errno 13] Permission denied: 'locked'",
        msgid: "BackupPermissionError",
      },
    ],
    [
      '{"type": "log_message", "time": 1795411213.2, "message": "Failed to create/acquire the lock ' +
      '/r/lock.exclusive (timeout).", "levelname": "ERROR", "name": "borg.archiver", ' +
      '"msgid": "LockTimeout"}',
      {
        kind: "message",
        level: "error",
        text: "Failed to create/acquire the lock /r/lock.exclusive (timeout).",
        msgid: "LockTimeout",
      },
    ],
    [
      '{"type": "archive_progress", "original_size": 1234, "compressed_size": 600, ' +
      '"deduplicated_size": 500, "nfiles": 7, "path": "srv/a", "time": 1795411213.2}',
      {
        kind: "archive-progress",
        files: 7,
        originalSize: 1234,
        deduplicatedSize: 500,
        path: "srv/a",
      },
    ],
    ['{"type": "archive_progress", "finished": true, "time": 1795411213.2}', { kind: "other" }],
    [
      '{"type": "progress_percent", "message": "Checking segments  12.5%", "current": 1, ' +
      '"total": 8, "operation": 1, "msgid": "repository.check", "finished": false}',
      { kind: "percent", percent: 12.5, message: "Checking segments" },
    ],
    [
      '{"type": "progress_percent", "operation": 1, "msgid": "repository.check", "finished": true}',
      { kind: "other" },
    ],
    [
      '{"type": "progress_message", "operation": 1, "msgid": "cache.begin", "message": "Initializing"}',
      { kind: "other" },
    ],
    [
      '{"message": "Saving files cache", "msgid": "cache.commit", "type": "progress_message", ' +
      '"finished": false}',
      { kind: "other" },
    ],
    [
      '{"operation": 2, "msgid": "cache.commit", "type": "progress_message", "finished": true}',
      { kind: "commit" },
    ],
    [
      '{"type": "question_prompt", "msgid": "BORG_RELOCATED_REPO_ACCESS_IS_OK", ' +
      '"message": "Warning: The repository was previously located elsewhere"}',
      {
        kind: "question",
        text: "Warning: The repository was previously located elsewhere",
        msgid: "BORG_RELOCATED_REPO_ACCESS_IS_OK",
      },
    ],
    ["ssh: connect to host h port 22: refused", {
      kind: "text",
      text: "ssh: connect to host h port 22: refused",
    }],
  ];
  for (const [line, expected] of cases) assert.deepEqual(parseBorgLine(line), expected);
});

Deno.test("parseBorgLine() keeps a file's name as Borg had it, whatever is in it", () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (path) => {
    const line = JSON.stringify({ type: "file_status", status: "A", path });
    assert.deepEqual(parseBorgLine(line), { kind: "file-status", status: "A", path });
  }));
});

Deno.test("parseBorgLine() takes a line that is not an object of JSON as text", () => {
  for (const line of ["", "{", "[]", "null", "{} x", '{"a": 1}', '{"type": 3}', " {}", "{]"]) {
    assert.deepEqual(parseBorgLine(line), { kind: "text", text: line });
  }
});

Deno.test("parseBorgLine() never throws, whatever line it gets", () => {
  const type = fc.constantFrom(
    "log_message",
    "file_status",
    "archive_progress",
    "progress_percent",
    "question_prompt",
    "__proto__",
  );
  const names = fc.constantFrom("message", "msgid", "path", "total", "current", "levelname");
  const object = fc.tuple(type, fc.dictionary(names, fc.jsonValue()))
    .map(([type, fields]) => JSON.stringify({ ...fields, type }));
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), object), (line) => {
    assert.ok(KINDS.includes(parseBorgLine(line).kind));
  }));
});

Deno.test("parseBorgLine() gives a percentage between 0 and 100 for any numbers", () => {
  fc.assert(fc.property(fc.double(), fc.double(), (current, total) => {
    const line = parseBorgLine(JSON.stringify({ type: "progress_percent", current, total }));
    if (line.kind === "other") return;
    assert.ok(line.kind === "percent" && line.percent >= 0 && line.percent <= 100);
  }));
});

Deno.test("parseBorgLine() knows every level of Python", () => {
  const levels = {
    CRITICAL: "error",
    ERROR: "error",
    WARNING: "warning",
    INFO: "info",
    DEBUG: "debug",
  };
  for (const [levelname, level] of Object.entries(levels)) {
    const line = parseBorgLine(JSON.stringify({ type: "log_message", levelname, message: "m" }));
    assert.deepEqual(line, { kind: "message", level, text: "m", msgid: undefined });
  }
});
