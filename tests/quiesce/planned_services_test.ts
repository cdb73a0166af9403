import assert from "node:assert/strict";
import type { QuiesceRequest } from "../../lib/quiesce/managed_services.ts";
import { planServices } from "../../lib/quiesce/planned_services.ts";
import { Managers } from "./managers.ts";

const SURROUNDINGS = { hasPodmanSocket: false, isSandboxed: false, ownUnits: new Set<string>() };

function planWith(managers: Managers, request: Partial<QuiesceRequest>) {
  return planServices({
    units: [],
    containers: [],
    mode: "stop",
    required: false,
    allowLongPause: false,
    timeout: 60_000,
    ...request,
  }, { start: managers.start, path: "/usr/bin", surroundings: SURROUNDINGS });
}

Deno.test("planServices() stops nothing, and shows what a run would do", async () => {
  const managers = new Managers();
  managers.units.set("a.service", { state: "active" });
  managers.units.set("b.service", { state: "inactive" });
  managers.containers.set("c", { state: "running" });
  const plan = await planWith(managers, {
    units: ["a.service", "b.service", "gone.service"],
    containers: ["c"],
    engine: "podman",
  });
  assert.deepEqual(managers.changes, []);
  const lines = plan.stop.map((line) =>
    line.kind === "remark"
      ? `# ${line.text}`
      : line.command.filter((w) => !/^-|\{/.test(w)).join(" ")
  );
  assert.ok(lines.some((line) => /^# .*b\.service.* does not run$/.test(line)), lines.join("\n"));
  const stops = lines.filter((line) => / stop /.test(line));
  assert.match(stops.join("; "), /^podman stop .*c; systemctl stop a\.service$/);
  const starts = plan.start.map((line) => line.kind === "command" ? line.command.join(" ") : "");
  assert.match(starts.join("; "), /^systemctl start .*a\.service; podman start .*c$/);
  assert.deepEqual(plan.problems.map(({ severity }) => severity), ["warning"]);
  assert.match(plan.problems[0]?.message ?? "", /gone\.service.*does not exist/);
});

Deno.test("planServices() says that a run would fail when a required manager does not answer", async () => {
  const managers = new Managers();
  managers.start = () => Promise.reject(new Error("no such program"));
  const plan = await planWith(managers, { units: ["a.service"], required: true });
  assert.deepEqual(plan.start, []);
  assert.deepEqual(plan.problems.map(({ severity, message }) => [severity, message]), [
    ["error", "No service would be stopped: no such program"],
  ]);
});

Deno.test("planServices() asks nobody when no service is named", async () => {
  const managers = new Managers();
  assert.deepEqual(await planWith(managers, {}), { stop: [], start: [], problems: [] });
  assert.deepEqual(managers.commands, []);
});
