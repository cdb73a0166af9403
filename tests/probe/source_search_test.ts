import assert from "node:assert/strict";
import { join } from "node:path";
import { searchSources } from "../../lib/probe/source_search.ts";

const README = "This is a Borg Backup repository.\nSee https://borgbackup.readthedocs.io/\n";

/** A directory with files, and what the search says of it. */
class Tree implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-search-" });

  constructor(...files: readonly string[]) {
    for (const file of files) {
      const path = join(this.directory, file);
      Deno.mkdirSync(join(path, ".."), { recursive: true });
      Deno.writeTextFileSync(path, file.endsWith("README") ? README : "");
    }
  }

  async search(
    exclude: readonly string[],
    different: Partial<Parameters<typeof searchSources>[0]> = {},
  ): Promise<readonly string[]> {
    const markers = { excludeIfPresent: [".nobackup"], excludeCaches: false };
    const findings = await searchSources({
      places: [{ live: this.directory, at: "srv" }],
      complete: true,
      selection: { exclude: [...exclude], ...markers, oneFileSystem: true },
      own: [],
      skip: new Set(),
      signal: new AbortController().signal,
      timeLimit: 60_000,
      ...different,
    });
    return findings.map(({ name }) => name.replace(this.directory, "/srv"));
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

function borgAt(directory: string): readonly string[] {
  return ["README", "config", "data/0/0"].map((name) => `${directory}/${name}`);
}

Deno.test("searchSources() names the patterns that match nothing, in every style", async () => {
  using tree = new Tree("a/x.o", "b/y.tmp", "deep/in/here/z");
  const matched = ["*.o", "sh:**/here", "re:\\.tmp$", "pp:srv/a", "pf:srv/deep/in/here/z", "srv"];
  const unmatched = ["*.obj", "sh:a/*", "re:^a", "pp:/a", "pf:srv/deep/z", "srv/a/x.o/"];
  assert.deepEqual(await tree.search([...matched, ...unmatched]), unmatched);
});

Deno.test("searchSources() finds what a pattern matches within what another one excludes", async () => {
  using tree = new Tree("cache/x.o");
  assert.deepEqual(await tree.search(["srv/cache", "*.o"]), []);
});

Deno.test("searchSources() says nothing of patterns that it can't judge, or not in time", async () => {
  using tree = new Tree("a/x");
  assert.deepEqual(await tree.search(["re:(?i)nothing"]), []);
  assert.deepEqual(await tree.search(["nothing"], { timeLimit: 0 }), []);
  assert.deepEqual(await tree.search(["nothing"], { complete: false }), []);
  const missing = [{ live: join(tree.directory, "missing"), at: "missing" }];
  assert.deepEqual(await tree.search(["nothing"], { places: missing }), []);
});

Deno.test("searchSources() names repositories that are archived, and no others", async () => {
  using tree = new Tree(
    ...borgAt("backup/other"),
    ...borgAt("backup/own"),
    ...borgAt("excluded/one"),
    ...borgAt("marked/one"),
    "marked/.nobackup",
    "program/README.md",
    "program/config",
    "program/data/x",
  );
  const skip = new Set([join(tree.directory, "backup/own")]);
  assert.deepEqual(await tree.search(["srv/excluded"], { skip }), ["/srv/backup/other"]);
});
