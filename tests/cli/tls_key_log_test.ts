import assert from "node:assert/strict";
import { keyLogWarnings } from "../../lib/cli/environment_warnings.ts";

Deno.test("keyLogWarnings() warns when the runtime writes down the secrets of TLS", () => {
  const asked: string[] = [];
  const [problem, ...others] = keyLogWarnings((name) => {
    asked.push(name);
    return "/tmp/keys";
  });
  assert.deepEqual(asked, ["SSLKEYLOGFILE"]);
  assert.deepEqual(others, []);
  assert.equal(problem?.severity, "warning");
  assert.match(problem?.message ?? "", /^SSLKEYLOGFILE is set, .* written to "\/tmp\/keys"/);
});

Deno.test("keyLogWarnings() says nothing when the variable is unset or empty", () => {
  assert.deepEqual(keyLogWarnings(() => undefined), []);
  assert.deepEqual(keyLogWarnings(() => ""), []);
});
