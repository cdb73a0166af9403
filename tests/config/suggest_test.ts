import assert from "node:assert/strict";
import { suggest } from "../../lib/config/suggest.ts";

Deno.test("suggest() knows what other programs call a key of this table", () => {
  assert.deepEqual(suggest(["retention", "daily"]), {
    text: 'did you mean "keep_daily"?',
    meant: ["retention", "keep_daily"],
  });
  assert.equal(
    suggest(["repositories", 0, "passcommand"]).text,
    'did you mean "passphrase_command"?',
  );
  assert.equal(suggest(["mail", "smtp_server"]).text, 'did you mean "server"?');
});

Deno.test("suggest() names no table in which a word means something else", () => {
  const keep = "the keys keep_daily, keep_weekly and so on belong in [retention]";
  for (const path of [["keep"], ["retention", "keep"], ["repositories", 0, "keep"], ["prune"]]) {
    assert.equal(suggest(path).text, keep);
  }
  assert.match(suggest(["mail", "enabled"]).text, /^known keys: server, /);
  assert.match(suggest(["logs", "file"]).text, /^known keys: directory, /);
  assert.equal(suggest(["metrics", "path"]).text, 'did you mean "textfile"?');
});

Deno.test("suggest() says where a key belongs", () => {
  assert.equal(suggest(["keep_daily"]).text, "it belongs in [retention]");
  assert.equal(
    suggest(["repositories", 0, "keep_daily"]).text,
    "it belongs in [repositories.retention]",
  );
  assert.equal(
    suggest(["repositories", 0, "sources"]).text,
    "it belongs at the top of the file, above the first table",
  );
  assert.match(suggest(["password"]).text, /"passphrase" in \[\[repositories\]\], or "password"/);
  assert.match(suggest(["schedule"]).text, /timer/);
});

Deno.test("suggest() names no key that does not exist, whatever other programs call it", () => {
  const words = new Set(
    Deno.readTextFileSync("lib/config/other_names.ts").match(/[A-Za-z]\w+/g) ?? [],
  );
  const schema = JSON.parse(Deno.readTextFileSync("autoborg.schema.json"));
  const tables = Object.entries<SchemaOfTable>(schema.properties).flatMap(([name, one]) => {
    if (one.properties !== undefined) return [{ path: [name], keys: one.properties }];
    const keys = one.items?.properties;
    return keys === undefined ? [] : [{ path: [name, 0], keys }];
  });
  const known = new Map(tables.map(({ path, keys }) => [`${path[0]}`, Object.keys(keys)]));
  known.set("", Object.keys(schema.properties));
  assert.ok(words.size > 200 && tables.length > 15);
  for (const { path, keys } of [...tables, { path: [], keys: schema.properties }]) {
    for (const word of words) {
      if (word in keys) continue;
      const { text } = suggest([...path, word]);
      const named = [...text.matchAll(/in \[+([\w.]+)\]+/g)].map(([, table = ""]) => table);
      const places = named.length > 0
        ? named
        : [/top of the file/.test(text) ? "" : `${path[0] ?? ""}`];
      const there = places.flatMap((place) => [...known.get(place) ?? []]);
      for (const [, key = ""] of text.matchAll(/(?<!command )"(\w+)"/g)) {
        const isDeeper = places.some((place) => place.includes("."));
        assert.ok(isDeeper || there.includes(key), `${path}.${word}: ${text}`);
      }
    }
  }
});

/** A table, or a list of tables, in the JSON schema. */
interface SchemaOfTable {
  readonly properties?: Record<string, unknown>;
  readonly items?: { readonly properties?: Record<string, unknown> };
}

Deno.test("suggest() says where rules of prune belong, all of them", () => {
  for (const key of ["keep_hourly", "keep_minutely", "keep_13weekly", "keep_3monthly"]) {
    assert.equal(suggest(["check", key]).text, "it belongs in [retention]", key);
  }
});
