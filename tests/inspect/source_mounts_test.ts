import assert from "node:assert/strict";
import { compareMounts, exclusionBelow } from "../../lib/inspect/source_mounts.ts";

interface Night {
  /** Mount points below `/srv`. */
  readonly lasting?: readonly string[];
  /** What else is mounted somewhere. */
  readonly also?: readonly string[];
  readonly sources?: readonly string[];
  readonly exclude?: readonly string[];
}

function compare(
  before: readonly string[],
  { lasting = [], also = [], sources = [], exclude = [] }: Night,
) {
  const mounts = {
    lasting: lasting.map((mountPoint) => ({ source: "/srv", mountPoint, type: "ext4" })),
    targets: new Set([...lasting, ...also]),
  };
  const isSource = (path: string) => sources.includes(path);
  return compareMounts({ mounts, isSource, isExcluded: exclusionBelow(exclude) }, "/srv", before);
}

const BEFORE = ["/srv/photos", "/srv/photos/2026"];

Deno.test("compareMounts() names the outermost mount that is gone", () => {
  assert.deepEqual(compare(BEFORE, {}), { mounts: [], unmounted: ["/srv/photos"] });
  const inner = compare(BEFORE, { lasting: ["/srv/photos", "/srv/new"] });
  assert.deepEqual(inner.unmounted, ["/srv/photos/2026"]);
  assert.deepEqual(inner.mounts, ["/srv/photos", "/srv/new"]);
});

Deno.test("compareMounts() misses nothing that is mounted, a source of its own, or excluded", () => {
  const none = (night: Night) => assert.deepEqual(compare(BEFORE, night).unmounted, []);
  none({ lasting: BEFORE });
  // As with an automount, or when another source above it was added to the configuration.
  none({ also: BEFORE });
  none({ sources: BEFORE });
  none({ exclude: ["/srv/photos"] });
  none({ exclude: ["sh:srv/photos/*"] });
  none({ exclude: ["pp:/srv/photos/"] });
  assert.deepEqual(compare(BEFORE, { exclude: ["re:^srv/photo$"] }).unmounted, ["/srv/photos"]);
  // Above the source no pattern matters: Borg begins at the source.
  assert.deepEqual(compare(BEFORE, { exclude: ["pf:/srv"] }).unmounted, ["/srv/photos"]);
});

Deno.test("compareMounts() remembers nothing that is excluded or below another source", () => {
  const { mounts } = compare([], { lasting: ["/srv/a", "/srv/b"], exclude: ["*/a"] });
  assert.deepEqual(mounts, ["/srv/b"]);
  const lasting = [{ source: "/srv/in", mountPoint: "/srv/in/a", type: "ext4" }];
  const tonight = {
    mounts: { lasting, targets: new Set<string>() },
    isSource: () => false,
    isExcluded: () => false,
  };
  assert.deepEqual(compareMounts(tonight, "/srv", []), { mounts: [], unmounted: [] });
});

Deno.test("compareMounts() keeps what it knew when nobody knows what is mounted", () => {
  const tonight = { mounts: undefined, isSource: () => false, isExcluded: () => false };
  assert.deepEqual(compareMounts(tonight, "/srv", BEFORE), { mounts: BEFORE, unmounted: [] });
});
