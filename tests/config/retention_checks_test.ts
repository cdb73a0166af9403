import assert from "node:assert/strict";
import { wrongRetention } from "../../lib/config/retention_checks.ts";

const ALSO = { also: "old-*" };

/** Where something is wrong with the retention, global and of one repository. */
function wrong(retention: unknown, own: unknown = {}): string {
  const document = { name: "web", retention, repositories: [{ retention: own }, {}] };
  return wrongRetention(document).map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("\n");
}

Deno.test("wrongRetention() wants a rule beside a glob of other archives", () => {
  assert.match(
    wrong(ALSO),
    /^retention\.also: expected keep_daily or another rule .* beside a glob/,
  );
  assert.match(wrong({ ...ALSO, keep_daily: 0 }), /^retention\.also: /);
  assert.match(wrong({}, ALSO), /^repositories\.0\.retention\.also: /);
  assert.equal(wrong({ ...ALSO, keep_daily: 7 }), "");
  assert.equal(wrong({ keep_within: "7d" }, ALSO), "");
  assert.equal(wrong({ also: "keep" }), "");
});

Deno.test("wrongRetention() names a glob that matches archives of the configuration", () => {
  for (const also of ["*", "w*", "web-*", "web-????-??-??T*", "[vw]eb-*"]) {
    assert.match(
      wrong({ keep_daily: 7, also }),
      /^retention\.also: expected a glob that matches no/,
    );
  }
});

Deno.test("wrongRetention() names rules that Borg takes one of", () => {
  const both = "expected one of keep_13weekly and keep_3monthly, found both";
  assert.equal(
    wrong({ keep_13weekly: 4 }, { keep_3monthly: 4 }),
    `repositories.0.retention.keep_3monthly: ${both}`,
  );
});
