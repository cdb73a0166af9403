import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./pages.ts";

Deno.test("docs/explanation/promises.md names tests that exist", () => {
  const page = Deno.readTextFileSync(join(ROOT, "docs/explanation/promises.md"));
  const rows = [...page.matchAll(/^\| .+? \| (.+?) +\| `(tests\/.+?)` +\|$/gm)];
  assert.ok(rows.length >= 20, `expected a table of promises, found ${rows.length} rows`);
  for (const [, name = "", file = ""] of rows) {
    const text = Deno.readTextFileSync(join(ROOT, file));
    assert.ok(text.includes(`"${name.trim()}"`), `expected a test "${name.trim()}" in ${file}`);
  }
});
