import assert from "node:assert/strict";
import { expectationsFor, isAbout, planFor } from "../../lib/backup/repository_plan.ts";
import { isNarrowed, sourcesOfAny } from "../../lib/backup/repository_selection.ts";
import { planWith, TARGET } from "./plans.ts";

const SOURCES = {
  ...planWith().sources,
  directories: ["/etc", "/srv"],
  optional: ["/mnt/usb"],
  exclude: ["*.tmp"],
};
const ZFS = { ...planWith().zfs, datasets: ["tank/data", "tank/vm"], recursive: true };
const OFFSITE = {
  ...TARGET,
  label: "offsite",
  directories: ["/etc", "/mnt/usb"],
  datasets: ["tank/data"],
  exclude: ["pp:etc/cache"],
};
const PLAN = planWith({ sources: SOURCES, zfs: ZFS, repositories: [TARGET, OFFSITE] });

Deno.test("planFor() leaves the plan of a repository alone that gets everything", () => {
  assert.equal(planFor(PLAN, TARGET), PLAN);
  assert.equal(isNarrowed(TARGET), false);
});

Deno.test("planFor() has only the sources of a repository, and its excludes besides", () => {
  const { sources, zfs } = planFor(PLAN, OFFSITE);
  assert.deepEqual(sources, {
    ...SOURCES,
    directories: ["/etc"],
    optional: ["/mnt/usb"],
    exclude: ["*.tmp", "pp:etc/cache"],
  });
  assert.deepEqual(zfs, { ...ZFS, datasets: ["tank/data"] });
});

Deno.test("sourcesOfAny() leaves out what none of the repositories gets", () => {
  const only = { ...OFFSITE, directories: ["/etc"] };
  const { sources, zfs } = sourcesOfAny(PLAN, [only, { ...only, directories: ["/srv"] }]);
  assert.deepEqual(sources.directories, ["/etc", "/srv"]);
  assert.deepEqual(sources.optional, []);
  assert.deepEqual(zfs.datasets, ["tank/data"]);
  // Excludes of one repository must not keep anything from another one.
  assert.deepEqual(sources.exclude, ["*.tmp"]);
});

Deno.test("isAbout() tells whether a problem concerns the sources of a repository", () => {
  const own = planFor(PLAN, OFFSITE);
  const problem = { severity: "error", message: "it is gone" } as const;
  assert.equal(isAbout(own, problem), true);
  assert.equal(isAbout(own, { ...problem, sources: [] }), true);
  assert.equal(isAbout(own, { ...problem, sources: ["/srv"] }), false);
  assert.equal(isAbout(own, { ...problem, sources: ["/srv", "/etc"] }), true);
  assert.equal(isAbout(own, { ...problem, sources: ["tank/vm"] }), false);
  assert.equal(isAbout(own, { ...problem, sources: ["tank/data/child"] }), true);
});

function expected(path: string, leftOut: readonly string[] = []): boolean {
  const roots = [
    { kind: "directory", path: "/etc", at: "etc" },
    { kind: "dataset", path: "tank/data", at: "data" },
  ] as const;
  const plan = { ...PLAN, expectations: [{ path }] };
  return expectationsFor(plan, OFFSITE, { roots, leftOut }).length === 1;
}

Deno.test("expectationsFor() expects of a repository what lies in its sources", () => {
  for (const path of ["etc/passwd", "etc", "data/x/y", "*/passwd", "**/x", "mnt", "mnt/usb/a"]) {
    assert.ok(expected(path), path);
  }
});

Deno.test("expectationsFor() expects nothing of a repository that it does not get", () => {
  for (const path of ["srv/www", "s*/www", "etc/cache", "etc/cache/x", "home"]) {
    assert.ok(!expected(path), path);
  }
  assert.ok(!expected("data/inner/x", ["data/inner"]));
  assert.ok(expected("data/x", ["data/inner"]));
});

Deno.test("expectationsFor() expects everything of a repository that gets everything", () => {
  const plan = { ...PLAN, expectations: [{ path: "anywhere" }] };
  assert.equal(expectationsFor(plan, TARGET, { roots: [], leftOut: [] }).length, 1);
});
