import assert from "node:assert/strict";
import {
  sourceAlarm,
  type SourceFigures,
  type SourceTonight,
} from "../../lib/inspect/source_alarms.ts";
import type { SeenSource } from "../../lib/inspect/source_facts.ts";
import { emptySource, figuresOf, seenSource } from "./sources.ts";

const LIMITS = { files: 50, size: 50 };

/** A source that was counted tonight. */
function counted(
  seen: SeenSource,
  files: number,
  different: Partial<SourceFigures> = {},
  archived = files,
): SourceTonight {
  const { path, mountPoint, entries, empty } = seen;
  const now = figuresOf(path, { mountPoint, entries, empty, files, ...different });
  return { seen, now, counted: true, sized: true, archived, unmounted: [] };
}

function kindOf(tonight: SourceTonight, before?: SourceFigures, limits = LIMITS) {
  return sourceAlarm(tonight, before, limits)?.kind;
}

Deno.test("sourceAlarm() says that a source is empty that held a single file", () => {
  const before = figuresOf("/srv/dump", { files: 1, bytes: 10, present: 1 });
  const alarm = sourceAlarm(counted(emptySource("/srv/dump"), 0), before, LIMITS);
  assert.equal(alarm?.kind, "source-empty");
  assert.equal(alarm.subject, "/srv/dump");
  assert.equal(alarm.severity, "warning");
  assert.equal(alarm.message, '"/srv/dump" is empty; at the last run it had 1 file');
});

Deno.test("sourceAlarm() says nothing when a source has always been empty", () => {
  const before = figuresOf("/srv/x", { files: 0, bytes: 0, entries: 0, empty: true, present: 0 });
  assert.equal(kindOf(counted(emptySource("/srv/x"), 0), before), undefined);
  assert.equal(kindOf(counted(emptySource("/srv/x"), 0)), undefined);
});

Deno.test("sourceAlarm() says that directories without any file are left of a source", () => {
  const seen = seenSource("/srv/x", {
    hasFile: false,
    content: { files: 0, doubtful: 0, bytes: 0 },
  });
  const alarm = sourceAlarm(counted(seen, 0, {}, 20), figuresOf("/srv/x"), LIMITS);
  assert.equal(alarm?.kind, "source-empty");
  assert.match(alarm.message, /contains directories but no files; .* it had 1,000 files$/);
});

Deno.test("sourceAlarm() cries when half of a source is gone, and not when less is", () => {
  const before = figuresOf("/srv/x", { files: 100 });
  assert.equal(kindOf(counted(seenSource("/srv/x"), 50), before), "source-small");
  assert.equal(kindOf(counted(seenSource("/srv/x"), 51), before), undefined);
  assert.equal(kindOf(counted(seenSource("/srv/x"), 250), before), undefined);
});

Deno.test("sourceAlarm() lets a few files go, and all when the limit is 100", () => {
  const before = figuresOf("/srv/x", { files: 12 });
  assert.equal(kindOf(counted(seenSource("/srv/x"), 3), before), undefined);
  assert.equal(kindOf(counted(seenSource("/srv/x"), 2), before), "source-small");
  const never = { files: 100, size: 100 };
  assert.equal(kindOf(counted(seenSource("/srv/x"), 2), before, never), undefined);
});

Deno.test("sourceAlarm() cries when a source loses its bytes and keeps its files", () => {
  const before = figuresOf("/srv/dump", { files: 1, bytes: 5_000_000_000 });
  const alarm = sourceAlarm(counted(seenSource("/srv/dump"), 1, { bytes: 10 }), before, LIMITS);
  assert.equal(alarm?.kind, "source-small");
  assert.match(alarm.message, /: 10 B instead of 4\.7 GiB$/);
  const unsized = { ...counted(seenSource("/srv/dump"), 1, { bytes: 10 }), sized: false };
  assert.equal(kindOf(unsized, before), undefined);
});

Deno.test("sourceAlarm() names the marker that makes Borg skip a source", () => {
  const marker = { name: ".nobackup", key: "sources.exclude_if_present" };
  const alarm = sourceAlarm(
    counted(seenSource("/srv/x", { marker }), 0),
    figuresOf("/srv/x"),
    LIMITS,
  );
  assert.equal(alarm?.kind, "source-unread");
  assert.match(alarm.message, /"\.nobackup" in it makes Borg skip it \(sources\.exclude_if_prese/);
});

Deno.test("sourceAlarm() says at the first run that a source is swallowed by the excludes", () => {
  const alarm = sourceAlarm(counted(seenSource("/srv/x"), 0, {}, 5), undefined, LIMITS);
  assert.equal(alarm?.kind, "source-unread");
  const accepted = figuresOf("/srv/x", { files: 0 });
  assert.equal(kindOf(counted(seenSource("/srv/x"), 0, {}, 5), accepted), undefined);
});

Deno.test("sourceAlarm() takes directories and links for a source like any other", () => {
  const seen = seenSource("/srv/links", {
    hasFile: false,
    content: { files: 0, doubtful: 0, bytes: 0 },
  });
  assert.equal(kindOf(counted(seen, 0, {}, 20)), undefined);
  // None of them is in the archive.
  assert.equal(kindOf(counted(seen, 0, {}, 0)), "source-unread");
});

Deno.test("sourceAlarm() says that a mount is gone rather than that its directory is empty", () => {
  const before = figuresOf("/mnt/disk", { mountPoint: "/mnt/disk" });
  const alarm = sourceAlarm(counted(emptySource("/mnt/disk"), 0), before, LIMITS);
  assert.equal(alarm?.kind, "source-unmounted");
  assert.match(alarm.message, /"\/mnt\/disk" is not mounted: .*, which is empty$/);
});

Deno.test("sourceAlarm() notices a mount that is gone above a source, and none that is new", () => {
  const kind = (there: string | null, here: string | null) => {
    const seen = seenSource("/mnt/disk/data", { mountPoint: here });
    return kindOf(counted(seen, 1_000), figuresOf("/mnt/disk/data", { mountPoint: there }));
  };
  assert.equal(kind("/mnt/disk", "/"), "source-unmounted");
  assert.equal(kind("/mnt/disk", "/mnt"), "source-unmounted");
  assert.equal(kind("/mnt/disk/data", "/mnt/disk"), "source-unmounted");
  assert.equal(kind("/", "/mnt/disk"), undefined);
  assert.equal(kind("/mnt", "/mnt/disk"), undefined);
  assert.equal(kind("/", "/"), undefined);
  assert.equal(kind(null, null), undefined);
});

Deno.test("sourceAlarm() names file systems below a source that are not mounted", () => {
  const alarmOf = (...unmounted: readonly string[]) => {
    const tonight = { ...counted(seenSource("/srv"), 100), unmounted };
    return sourceAlarm(tonight, figuresOf("/srv"), LIMITS);
  };
  const one = alarmOf("/srv/photos");
  assert.equal(one?.kind, "source-unmounted");
  assert.equal(one.subject, "/srv");
  assert.equal(
    one.message,
    '"/srv/photos" below "/srv" is not mounted: the last run read a file system there, this ' +
      "one did not",
  );
  assert.match(one.hint, /^Mount it and .*findmnt --verify.*sources\.optional/);
  const many = Array.from({ length: 12 }, (_none, index) => `/srv/${index}`);
  assert.match(
    alarmOf(...many)?.message ?? "",
    /^"\/srv\/0", .*"\/srv\/9" and 2 more below "\/srv" are not mounted: .* file systems there/,
  );
});
