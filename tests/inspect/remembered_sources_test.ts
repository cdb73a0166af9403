import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatSources,
  knownAfter,
  parseSources,
  rulesOf,
} from "../../lib/inspect/remembered_sources.ts";
import type { StandingAlarm } from "../../lib/state/ledger.ts";
import { figuresOf } from "./sources.ts";

const REMEMBERED = {
  runId: "0123abcd",
  originalSize: 10,
  figures: [
    figuresOf("/srv", { passedOver: ["/srv/usb"], mounts: ["/srv/disk"] }),
    figuresOf("tank/x", { mountPoint: null }),
  ],
};

Deno.test("parseSources() reads what formatSources() wrote", () => {
  assert.deepEqual(parseSources(formatSources(REMEMBERED)), REMEMBERED);
});

Deno.test("parseSources() reads a record that knows nothing of mounts", () => {
  const older = formatSources(REMEMBERED).replace('"mounts":["/srv/disk"],', "");
  assert.deepEqual(parseSources(older)?.figures.map(({ mounts }) => mounts), [[], []]);
  const damaged = formatSources(REMEMBERED).replace('"mounts":["/srv/disk"]', '"mounts":[1]');
  assert.equal(parseSources(damaged), undefined);
});

Deno.test("parseSources() takes nothing that is damaged", () => {
  const whole = formatSources(REMEMBERED);
  fc.assert(fc.property(fc.nat(whole.length - 1), (length) => {
    assert.equal(parseSources(whole.slice(0, length)), undefined);
  }));
  for (const text of ["null", "[]", '{"runId":1}', whole.replace("1000", "-1")]) {
    assert.equal(parseSources(text), undefined, text);
  }
});

Deno.test("rulesOf() tells all that is excluded apart", () => {
  const none = { exclude: [], excludeIfPresent: [], excludeCaches: false, oneFileSystem: false };
  const all = [
    none,
    { ...none, exclude: ["a"] },
    { ...none, excludeIfPresent: ["a"] },
    { ...none, excludeCaches: true },
    { ...none, oneFileSystem: true },
  ].map(rulesOf);
  assert.equal(new Set(all).size, all.length);
});

Deno.test("knownAfter() keeps what a source was before until its alarm is accepted", () => {
  const before = [figuresOf("/a"), figuresOf("/b"), figuresOf("tank/x")];
  const now = [figuresOf("/a", { files: 5 }), figuresOf("/b", { files: 6 }), figuresOf("/c")];
  const none: ReadonlySet<string> = new Set();
  const inspection = { figures: now, alarms: [], notes: [], counted: undefined, judged: none };
  const alarm = (subject: string, accepted: boolean): StandingAlarm => ({
    ...{ kind: "source-small", severity: "warning", message: "small", hint: "look" },
    ...{ subject, accepted, raisedBy: "0123abcd", raisedAt: 1 },
  });
  const known = knownAfter(before, inspection, [
    ...[alarm("/a", false), alarm("/b", true), alarm("tank/x", false)],
  ]);
  assert.deepEqual(known.map(({ path, files }) => [path, files]), [
    ["/a", 1_000],
    ["/b", 6],
    ["/c", 1_000],
    ["tank/x", 1_000],
  ]);
  const fresh = knownAfter([], inspection, [alarm("/c", false)]);
  assert.deepEqual(fresh.map(({ path }) => path), ["/a", "/b"]);
});
