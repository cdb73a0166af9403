import assert from "node:assert/strict";
import { isCalendar } from "../../lib/systemd/calendar.ts";

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
];

const BAD = [
  "",
  " ",
  "25:00",
  "24:00",
  "00:60",
  "0:0:60",
  "foo",
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
  "03:30\nUnit=other.service",
];

Deno.test("isCalendar() takes what systemd takes", () => {
  for (const text of GOOD) assert.ok(isCalendar(text), text);
});

Deno.test("isCalendar() refuses what systemd refuses", () => {
  for (const text of BAD) assert.ok(!isCalendar(text), text);
});

async function systemdTakes(text: string): Promise<boolean> {
  const args = ["calendar", "--", text];
  return (await new Deno.Command("systemd-analyze", { args }).output()).success;
}

const installed = await systemdTakes("daily").catch(() => false);

Deno.test({
  name: `systemd itself agrees${installed ? "" : " (not asked: systemd-analyze is not installed)"}`,
  ignore: !installed,
  fn: async () => {
    for (const text of GOOD) assert.ok(await systemdTakes(text), text);
    for (const text of BAD.filter((one) => !one.includes("\n"))) {
      assert.ok(!await systemdTakes(text), text);
    }
  },
});
