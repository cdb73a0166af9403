import assert from "node:assert/strict";
import { Contributors } from "../../lib/inspect/contributors.ts";

/** Hears that files of a directory changed. */
function change(contributors: Contributors, directory: string, files: number, status = "M"): void {
  for (let file = 0; file < files; file += 1) {
    contributors.hear({ kind: "file-status", status, path: `${directory}/${file}` });
  }
}

Deno.test("largest names the directories with the most changed files, as deep as it says enough", () => {
  const contributors = new Contributors();
  for (const year of [2023, 2024, 2025]) change(contributors, `srv/office/archive/${year}`, 300);
  change(contributors, "srv/office/sales", 700, "A");
  change(contributors, "etc", 3);
  change(contributors, "home/ada/notes", 12, "C");
  assert.deepEqual(contributors.largest.map(({ path, files }) => [path, files]), [
    ["/srv/office/sales", 700],
    ["/srv/office/archive/2023", 300],
    ["/srv/office/archive/2024", 300],
    ["/srv/office/archive/2025", 300],
  ]);
});

Deno.test("largest names the directory above when there are too many to name", () => {
  const contributors = new Contributors();
  for (let user = 0; user < 9; user += 1) change(contributors, `home/user${user}/mail`, 50);
  assert.deepEqual(contributors.largest, [{ path: "/home", files: 450, newSize: 0 }]);
});

Deno.test("largest is empty when no file changed", () => {
  const contributors = new Contributors();
  contributors.hear({ kind: "file-status", status: "E", path: "srv/a" });
  contributors.hear({ kind: "message", level: "info", text: "srv/a", msgid: undefined });
  assert.deepEqual(contributors.largest, []);
});

Deno.test("largest tells where the new bytes are from, by Borg's progress", () => {
  const contributors = new Contributors();
  const progress = (path: string, deduplicatedSize: number) =>
    contributors.hear({
      kind: "archive-progress",
      files: 1,
      originalSize: 1,
      deduplicatedSize,
      path,
    });
  change(contributors, "srv/a", 10);
  progress("srv/a/9", 1_000);
  progress("srv/b/0", 1_500);
  change(contributors, "srv/b", 10);
  progress("srv/b/9", 1_500);
  assert.deepEqual(contributors.largest, [
    { path: "/srv/a", files: 10, newSize: 1_000 },
    { path: "/srv/b", files: 10, newSize: 500 },
  ]);
});

Deno.test("largest finds the directory that matters among more than can be counted", () => {
  const contributors = new Contributors();
  for (let directory = 0; directory < 20_000; directory += 1) {
    change(contributors, `var/cache/${directory % 97}/${directory}/deep/er`, 1);
    change(contributors, "srv/office/contracts", 2);
  }
  const [first, second] = contributors.largest;
  assert.deepEqual(first, { path: "/srv/office/contracts", files: 40_000, newSize: 0 });
  assert.deepEqual(second, { path: "/var/cache", files: 20_000, newSize: 0 });
});
