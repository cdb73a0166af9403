import assert from "node:assert/strict";
import { inspectContainers, readContainers } from "../../lib/quiesce/engine_containers.ts";
import { readUnits, unitsOfProcess } from "../../lib/quiesce/systemd_units.ts";

/** What systemd 257 printed for three names, shortened; properties come in an order of its own. */
const SHOWN = `Type=notify
CanStart=yes
CanStop=yes
Transient=no
Id=cron.service
RequiredBy=
ConsistsOf=cron-helper.service
LoadState=loaded
ActiveState=active

Type=oneshot
Id=done.service
LoadState=loaded
ActiveState=failed

Id=nope.service
LoadState=not-found
ActiveState=inactive
`;

Deno.test("readUnits() reads what systemctl shows, in the order of the names", () => {
  const names = ["cron.service", "alias.service", "nope.service"];
  const states = readUnits(SHOWN, names);
  assert.deepEqual(states?.get("cron.service"), {
    kind: "running",
    word: "active",
    dependents: ["cron-helper.service"],
    ends: false,
    stopTime: 0,
  });
  assert.deepEqual([...states?.values() ?? []].map(({ kind, word }) => `${kind} ${word}`), [
    "running active",
    "resting failed",
    "missing not-found",
  ]);
  assert.equal(states?.get("alias.service")?.ends, true);
});

Deno.test("readUnits() reads nothing of an answer that lacks a unit, or is none", () => {
  assert.equal(readUnits(SHOWN, ["cron.service"]), undefined);
  assert.equal(readUnits("Failed to connect to bus\n", ["cron.service"]), undefined);
  assert.equal(readUnits("", ["cron.service"]), undefined);
});

Deno.test("unitsOfProcess() finds the units around a process", () => {
  const text =
    "0::/system.slice/system-autoborg.slice/autoborg@web.service\n1:name=x:/user.slice\n";
  assert.deepEqual([...unitsOfProcess(text)], [
    "system.slice",
    "system-autoborg.slice",
    "autoborg@web.service",
    "user.slice",
  ]);
});

const ID = "f3ededbf76ec5406ed410cf94599f4995b7e815a858adcd9d81c55a336263907";

Deno.test("readContainers() reads what Podman 4.3 prints", () => {
  const text = `${ID} web running false 10\n${ID.replace("f", "0")} db exited true 60\n`;
  const said = [
    "error inspecting object: no such container nope",
    'Error: inspecting object: no such container "never"',
  ];
  const names = ["db", "web", "nope", "never", ID.slice(0, 12)];
  const states = readContainers(text, said, names, "stop");
  assert.deepEqual(states?.get("web"), {
    kind: "running",
    word: "running",
    dependents: [],
    ends: false,
    stopTime: 10_000,
  });
  assert.equal(states.get("db")?.kind, "resting");
  assert.equal(states.get("db")?.stopTime, 60_000);
  assert.equal(states.get("nope")?.kind, "missing");
  assert.equal(states.get("never")?.kind, "missing");
  assert.equal(states.get(ID.slice(0, 12))?.kind, "running", "by its number");
});

Deno.test("readContainers() reads what Docker 20.10 and 28.2 print", () => {
  // A slash before each name, and nothing of a time to stop that was not set.
  const text = `${ID} /web running false \n${ID.replace("f", "0")} /db running true 3\n`;
  const said = [
    "Error response from daemon: No such container: nope",
    "Error: No such container: never",
  ];
  const states = readContainers(text, said, ["web", "db", "nope", "never"], "stop");
  assert.equal(states?.get("web")?.stopTime, 10_000);
  assert.equal(states.get("db")?.stopTime, 3_000);
  assert.match(states.get("db")?.obstacle?.reason ?? "", /--rm/);
  assert.equal(states.get("nope")?.kind, "missing");
  assert.equal(states.get("never")?.kind, "missing");
});

Deno.test("readContainers() reads nothing when a container is neither there nor said to be missing", () => {
  const said = [
    'template parsing error: template: :1:72: executing "" at <.Config.StopTimeout>: map has no entry',
    "Error response from daemon: No such container: nope",
  ];
  assert.equal(readContainers("", said, ["web", "nope"], "stop"), undefined);
  assert.equal(readContainers("", [], ["web"], "stop"), undefined);
  assert.equal(readContainers("", ["Error: no such container: web2"], ["web"], "stop"), undefined);
});

Deno.test("readContainers() takes only whole names, and what is paused for what rests", () => {
  const text = `${ID} web2 paused false 10\n`;
  const missing = (name: string) => [`Error: no such container ${name}`];
  assert.equal(readContainers(text, missing("web"), ["web"], "stop")?.get("web")?.kind, "missing");
  assert.equal(readContainers(text, [], ["web2"], "stop")?.get("web2")?.kind, "resting");
  assert.equal(readContainers(text, missing("f"), ["f"], "stop")?.get("f")?.kind, "missing");
});

Deno.test("inspectContainers() asks Docker for a time to stop that may not be there", () => {
  const formats = (["docker", "podman"] as const).map((engine) =>
    inspectContainers(engine, ["web"]).at(-2)
  );
  assert.match(formats[0] ?? "", /with index \.Config "StopTimeout"/);
  assert.match(formats[1] ?? "", /\{\{\.Config\.StopTimeout\}\}/);
});
