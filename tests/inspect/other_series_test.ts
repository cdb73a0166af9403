import assert from "node:assert/strict";
import { outsideRetention, outsideText } from "../../lib/inspect/other_series.ts";
import { mayMatchSeries } from "../../lib/text/archive_name.ts";

const OWN = "web-2026-11-22T04:00:00Z-0123abcd";
const OLD = ["web2025-11-01_04-00-00", "web2025-11-02_04-00-00"];

Deno.test("outsideRetention() counts what no configuration prunes", () => {
  const names = [...OLD, OWN, "db-2026-11-22T04:00:00Z-0123abcd", "by hand"];
  const of = (also?: string) => outsideRetention(names, { also });
  assert.deepEqual(of(), [...OLD, "by hand"]);
  assert.deepEqual(of("web????-??-??_*"), ["by hand"]);
  assert.deepEqual(of("keep"), []);
});

Deno.test("outsideText() proposes a glob for archives that differ in their time", () => {
  assert.equal(outsideText([], "web"), undefined);
  assert.equal(
    outsideText(OLD, "web"),
    '2 archives of other names, such as "web2025-11-02_04-00-00", stand outside retention: set ' +
      '[retention] also = "web????-??-??_??-??-??" to prune them by the same rules, or also = "keep"',
  );
  assert.match(
    outsideText(["by hand"], "web") ?? "",
    /^1 archive .* with a glob of them/,
  );
});

Deno.test("mayMatchSeries() tells a glob that may match our own archives one day", () => {
  const yes = [
    "*",
    "web-*",
    "w*",
    "web-2027-*",
    "web-????-??-??T??:??:??Z-????????",
    OWN,
    "web-[0-9]*",
  ];
  for (const glob of [...yes, "*-0123abcd", "?eb-*Z-*"]) {
    assert.ok(mayMatchSeries(glob, "web"), glob);
  }
  const no = [
    "web",
    "web????-??-??_??-??-??",
    "old-*",
    "web-*.tar",
    "web-????-??-??",
    "webs-*",
    "",
  ];
  for (const glob of no) assert.ok(!mayMatchSeries(glob, "web"), glob);
});
