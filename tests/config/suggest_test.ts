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
