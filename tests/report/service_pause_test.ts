import assert from "node:assert/strict";
import { pauseReport, pauseText } from "../../lib/report/service_pause.ts";

Deno.test("pauseReport() reads what the history has, and nothing of what is damaged", () => {
  assert.deepEqual(pauseReport('{"services":["a.service",7],"duration":1234.5}'), {
    services: ["a.service"],
    durationSeconds: 1.235,
  });
  for (const text of [null, undefined, "{", "7", "null", "{}", '{"services":[]}']) {
    assert.equal(pauseReport(text), null, String(text));
  }
});

Deno.test("pauseText() says how many services were stopped, and for how long", () => {
  assert.equal(pauseText({}), undefined);
  assert.equal(
    pauseText({ pause: { services: ["a.service"], duration: 2_000 } }),
    "1 service was stopped for 2.0 s: a.service",
  );
  assert.equal(
    pauseText({ pause: { services: ["a.service", "b\nc"], duration: 61_000 } }),
    "2 services were stopped for 1 min 1 s: a.service, b\\nc",
  );
});
