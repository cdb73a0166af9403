import assert from "node:assert/strict";
import { StepProgress } from "../../../lib/report/terminal/step_progress.ts";
import { Frame } from "../../../lib/report/terminal/frame.ts";
import { withGuessedPriority } from "../../../lib/report/terminal/journal_prefix.ts";
import { progressLine } from "../../../lib/report/terminal/progress_lines.ts";
import { sparkline } from "../../../lib/text/sparkline.ts";
import { columns } from "../../../lib/text/width.ts";

const SIZE = { columns: 40, rows: 10 };
const same = (text: string) => text;

Deno.test("Frame.paint() writes nothing when nothing has changed", () => {
  const frame = new Frame();
  assert.equal(frame.paint("", ["one", "two"], SIZE), "one\x1b[K\ntwo\x1b[K\n");
  assert.equal(frame.paint("", ["one", "two"], SIZE), "");
});

Deno.test("Frame.paint() writes only the lines that have changed", () => {
  const frame = new Frame();
  frame.paint("", ["one", "two", "three"], SIZE);
  assert.equal(frame.paint("", ["one", "2", "three"], SIZE), "\x1b[3A\n2\x1b[K\n\n");
  assert.equal(frame.paint("", ["one"], SIZE), "\x1b[3A\n\x1b[0J");
  assert.equal(frame.paint("", [], SIZE), "\x1b[1A\x1b[0J");
  assert.equal(frame.paint("", [], SIZE), "");
});

Deno.test("Frame.paint() puts messages above the lines", () => {
  const frame = new Frame();
  assert.equal(frame.paint("hello\n", [], SIZE), "hello\n");
  frame.paint("", ["one"], SIZE);
  assert.equal(frame.paint("hello\n", ["one"], SIZE), "\x1b[1A\x1b[0Jhello\none\n");
});

Deno.test("Frame.paint() takes away the rows that lines took when the terminal got narrower", () => {
  const frame = new Frame();
  frame.paint("", ["x".repeat(39), "short"], SIZE);
  const text = frame.paint("", ["y".repeat(9), "short"], { columns: 10, rows: 10 });
  assert.equal(text, `\x1b[5A\x1b[0J${"y".repeat(9)}\nshort\n`);
});

Deno.test("Frame.paint() has fewer lines than the terminal, and says how many are left out", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const text = new Frame().paint("", lines, { columns: 40, rows: 5 });
  assert.equal(text.split("\n").length - 1, 4);
  assert.ok(text.includes("… 17 more"));
});

function create(originalSize: number) {
  return { kind: "create", files: 1, originalSize, newSize: 0, path: "etc/geheim" } as const;
}

Deno.test("StepProgress tells the rate of the last seconds, not of the whole step", () => {
  const step = new StepProgress("disk", "create", 0);
  let state = step.at(0, same);
  for (let second = 1; second <= 60; second++) {
    step.take(create(second < 40 ? second * 1_000 : 40_000));
    state = step.at(second * 1_000, same);
    if (second === 30) assert.equal(state.rate, 1_000);
  }
  assert.equal(state.rate, 0);
});

Deno.test("StepProgress masks a path before it is cut", () => {
  const step = new StepProgress("disk", "create", 0);
  step.take(create(1));
  const { progress } = step.at(1_000, (text) => text.replace("geheim", "***"));
  assert.equal(progress?.kind === "create" ? progress.path : "", "etc/***");
});

Deno.test("StepProgress tells the time left in each phase, once it can", () => {
  const step = new StepProgress("disk", "check", 0);
  const at = (now: number, percent: number) => {
    step.take({ kind: "percent", percent, message: "Checking segments" });
    return step.at(now, same).remaining;
  };
  assert.equal(at(0, 0), undefined);
  assert.equal(at(1_000, 10), undefined, "too early");
  assert.equal(at(10_000, 25), 30_000);
  assert.equal(at(11_000, 0), undefined, "a new phase");
  assert.equal(at(21_000, 50), 10_000);
});

Deno.test("StepProgress estimates from what is expected how far create is", () => {
  const step = new StepProgress("disk", "create", 0, 1_000);
  const at = (now: number, originalSize: number) => {
    step.take(create(originalSize));
    return step.at(now, same).estimate;
  };
  assert.deepEqual(at(1_000, 100), { percent: 10 }, "too early for the time left");
  assert.deepEqual(at(10_000, 250), { percent: 25, remaining: 30_000 });
  assert.deepEqual(at(40_000, 2_000), { percent: 99 }, "more than the last time");
});

Deno.test("StepProgress estimates nothing without an earlier archive", () => {
  const step = new StepProgress("disk", "create", 0);
  step.take(create(250));
  assert.equal(step.at(10_000, same).estimate, undefined);
});

Deno.test("progressLine() marks what is estimated, and shows it in 40 columns", () => {
  const progress = { ...create(1_288_490_189), files: 12_345, newSize: 3_565_158 };
  const estimate = { percent: 34.4, remaining: 200_000 };
  const state = { repository: "offsite", step: "create", elapsed: 10_000, progress, estimate };
  assert.equal(progressLine(state, 40), "offsite create ~34 %, ~3 min left");
  assert.match(
    progressLine(state, 80),
    /^offsite create ~34 %, ~3 min left, 12,345 files, 1\.2 GiB/,
  );
});

Deno.test("progressLine() shows how far the index of an archive is read", () => {
  const progress = { kind: "entries", entries: 0, message: "reading the archive's index" } as const;
  const state = { repository: "disk", step: "restore", elapsed: 12_000 };
  const line = (different: { entries?: number; expected?: number }) =>
    progressLine({ ...state, progress: { ...progress, ...different } }, 60);
  assert.equal(line({}), "disk restore 12 s  reading the archive's index");
  assert.equal(line({ entries: 4_000 }), "disk restore 4,000 entries  reading the archive's index");
  assert.match(line({ entries: 4_000, expected: 8_000 }), /^disk restore ~50 %, 4,000 entries /);
});

Deno.test("progressLine() leaves out whole figures on a narrow terminal, never half of one", () => {
  const progress = { ...create(1_288_490_189), files: 12_345, newSize: 3_565_158 };
  const state = { repository: "offsite", step: "create", elapsed: 10_000, progress };
  const figures = "12,345 files, 1.2 GiB, 3.4 MiB new, 122.9 MiB/s".split(", ");
  for (let width = 15; width < 120; width++) {
    const line = progressLine(state, width);
    assert.ok(columns(line) <= width);
    const shown = line.replace(/^\S+ create ?/, "").split("  ")[0] ?? "";
    for (const part of shown.split(", ")) assert.ok(part === "" || figures.includes(part), line);
  }
  assert.equal(progressLine(state, 40), "offsite create 12,345 files, 1.2 GiB");
});

Deno.test("progressLine() tells the time left", () => {
  const progress = { kind: "percent", percent: 12.34, message: "Checking segments" } as const;
  const state = { repository: "disk", step: "check", elapsed: 1_000, progress };
  const line = progressLine({ ...state, remaining: 250_000 }, 80);
  assert.equal(line, "disk check 12 %, 4 min left  Checking segments");
});

Deno.test("sparkline() draws numbers as bars", () => {
  assert.equal(sparkline([0, 1, 2, 7]), "▁▂▃█");
  assert.equal(sparkline([5, 5]), "▁▁");
  assert.equal(sparkline([]), "");
});

Deno.test("withGuessedPriority() gives each line the priority of its message", () => {
  const text = "plain\nerror: bad\nhint: mend it\nwarning: look\n<6>known\n";
  assert.equal(
    withGuessedPriority(text),
    "<6>plain\n<3>error: bad\n<3>hint: mend it\n<4>warning: look\n<6>known\n",
  );
});
