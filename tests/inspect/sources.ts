/**
 * Sources as plain data, for tests.
 *
 * @module
 */
import type { SourceFigures } from "../../lib/inspect/source_alarms.ts";
import type { SeenSource } from "../../lib/inspect/source_facts.ts";

/** What a look at a large source shows. */
export function seenSource(path: string, different: Partial<SeenSource> = {}): SeenSource {
  return {
    kind: "seen",
    path,
    mountPoint: "/",
    entries: 20,
    empty: false,
    marker: undefined,
    hasFile: true,
    content: undefined,
    ...different,
  };
}

/** What a look at a source shows in which nothing is. */
export function emptySource(path: string, different: Partial<SeenSource> = {}): SeenSource {
  const content = { files: 0, doubtful: 0, bytes: 0 };
  return seenSource(path, { entries: 0, empty: true, hasFile: false, content, ...different });
}

/** What a look at a source shows that is small enough to be walked. */
export function smallSource(path: string, files: number, bytes: number | null = null): SeenSource {
  return seenSource(path, { entries: files, content: { files, doubtful: 0, bytes } });
}

/** The rules that {@linkcode figuresOf} was made under. */
export const RULES = "rules";

/** What is remembered of a large source. */
export function figuresOf(path: string, different: Partial<SourceFigures> = {}): SourceFigures {
  return {
    path,
    files: 1_000,
    bytes: 100_000_000,
    entries: 20,
    mountPoint: "/",
    empty: false,
    present: null,
    doubtful: null,
    passedOver: [],
    mounts: [],
    rules: RULES,
    ...different,
  };
}
