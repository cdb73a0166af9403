import assert from "node:assert/strict";
import { runProgram } from "../../lib/process/program.ts";
import { isTakenBySystemd, looksLikeCalendar, timerUnit } from "../../lib/systemd/timer_unit.ts";

const GOOD = [
  "03:30",
  "*-*-* 02:00",
  "Mon..Fri 22:00",
  "daily",
  "weekly UTC",
  "*-*-1 04:00 Europe/Berlin",
  "Mon,Tue *-*-* 00:00:00",
  "*-02~01",
  "2026-11-23",
  "*:0/15",
  "Sat",
  "Mon..Wed,Sat",
  "Wed..Sat,Tue 12-10-15 1:2:3",
  "Mon *-5~07/1",
  "2003-02..04-05",
  "*-*-* *:*:00/10",
  "02,14:30",
  "0:0:0.5",
  "1-1-1",
  "monday 5:00",
  "Mon-Fri 03:00",
  "Mon-Tue,",
  "Mon..Mon",
  "Mon  3:00",
  "semi-annually",
  "Semiannually",
  "bi-annually",
  "biannually",
  "03:30 CET",
  "03:30 GMT",
  "03:30 EST5EDT",
  "03:30 utc",
  "daily Utc",
  "03:30 Etc/GMT+5",
  "03:30 GB-Eire",
  "03:30 Europe/Kyiv",
  "03:30 Asia/Calcutta",
  "03:30 America/Argentina/Buenos_Aires",
  "1970-1-1",
  "70..69-1-1",
  "2199-12-31",
  "*-*~28",
  "*-*~5/4",
  "*~*",
  "5..5:0",
  "20/3:0",
  "1..24/2:0",
  "1..2/24:0",
  "*:1/58",
  "*:*:*",
  "*:*:0/0.5",
  "0:0:0..1",
  "0:0:0.5..0.7/0.1",
  "@1395716396",
];

/** What is refused without systemd, too. */
const OBVIOUSLY_BAD = [
  "",
  " ",
  "25:00",
  "24:00",
  "Mon 24:00",
  "foo",
  "tomorrow",
  "UTC",
  "03:30\nUnit=other.service",
  "03:30\tUTC",
  "03:30; reboot",
];

/** What only systemd knows to be wrong. */
const BAD = [
  "00:60",
  "0:0:60",
  "*-13-01",
  "*-*-32",
  "4..2:00",
  "*-*-31..5",
  "12",
  "*",
  "Fri 13:",
  ":30",
  "3:30 3:30",
  "Moonday 3:00",
  "03:30 Europe/Atlantis",
  "daily 03:30",
  "*/0:00",
  "Fri..Mon 3:00",
  "Sun..Mon 03:00",
  "Sun-Mon 03:00",
  "Mon..Tue..Wed 3:00",
  "Mon.. 3:00",
  ",Mon 3:00",
  "Mon daily",
  "03:30 europe/berlin",
  "03:30 etc/utc",
  "03:30 cet",
  "03:30 US/Pacific-New",
  "03:30 +01:00",
  "03:30 Europe",
  "03:30 Europe/Berlin UTC",
  "*/2-*-* 3:30",
  "*-*/2-* 3:30",
  "*-*-*/2 3:30",
  "*-*-*,1",
  "*-2~1/7",
  "*-*~29",
  "*-*~5/5",
  "1~1-1",
  "*-*-31/2",
  "*-1.5-1",
  "1969-1-1",
  "2200-1-1",
  "100-1-1",
  "69..70-1-1",
  "20/4:0",
  "1..30/2:0",
  "0.5:0",
  "*:*/5",
  "*:0/90",
  "0:0:5.",
  "0:0:1..1",
  "0:0:59/1",
  "@7258118400",
  "@1395716396 3:30",
];

Deno.test("looksLikeCalendar() takes what systemd takes", () => {
  for (const text of GOOD) assert.ok(looksLikeCalendar(text), text);
});

Deno.test("looksLikeCalendar() refuses what can't be a time", () => {
  for (const text of OBVIOUSLY_BAD) assert.ok(!looksLikeCalendar(text), text);
});

Deno.test("isTakenBySystemd() takes everything where there is no systemd-analyze", async () => {
  assert.ok(await isTakenBySystemd("Moonday 3:00", "/nonexistent", runProgram));
});

const PATH = Deno.env.get("PATH") ?? "";
const installed = PATH.split(":").some((directory) => {
  try {
    return Deno.statSync(`${directory}/systemd-analyze`).isFile;
  } catch {
    return false;
  }
});

Deno.test({
  name: `isTakenBySystemd() asks systemd itself${
    installed ? "" : " (not asked: systemd-analyze is not installed)"
  }`,
  ignore: !installed,
  fn: async () => {
    const good = await Promise.all(GOOD.map((text) => isTakenBySystemd(text, PATH, runProgram)));
    assert.deepEqual(GOOD.filter((_, index) => !good[index]), []);
    const bad = await Promise.all(BAD.map((text) => isTakenBySystemd(text, PATH, runProgram)));
    assert.deepEqual(BAD.filter((_, index) => bad[index]), []);
  },
});

Deno.test("timerUnit() writes the delay as systemd reads it, the same in each run", () => {
  const request = { description: "x", service: "x.service", calendar: "daily" };
  const minute = 60_000;
  const spans = [[0, "0s"], [90_000, "90s"], [15 * minute, "15min"], [60 * minute, "1h"]] as const;
  for (const [splay, span] of [...spans, [90 * minute, "90min"] as const]) {
    const text = timerUnit({ ...request, splay });
    assert.match(text, new RegExp(`^RandomizedDelaySec=${span}\nFixedRandomDelay=yes$`, "m"));
  }
});
