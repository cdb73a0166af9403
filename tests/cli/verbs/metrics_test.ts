import assert from "node:assert/strict";
import { History } from "../../../lib/state/history.ts";
import { historyPath } from "../../../lib/state/history_opening.ts";
import { alarm } from "../../report/metrics/place.ts";
import { Scene } from "../scene.ts";

const METRICS = { metrics: { textfile: "metrics.prom" } };

function metricsOf(scene: Scene): string {
  return Deno.readTextFileSync(scene.at("metrics.prom"));
}

/** The reason for which the last run was refused. */
function refusalIn(scene: Scene): string | undefined {
  return /^autoborg_start_refused\{name="web",reason="(.*)"\} 1$/m.exec(metricsOf(scene))?.[1];
}

Deno.test("run says in the metrics that it was refused, and that the next one was not", async () => {
  using scene = new Scene(METRICS);
  const meanwhile = Promise.withResolvers<string>();
  scene.borg.set("borg check", async () => {
    await scene.run("run");
    meanwhile.resolve(metricsOf(scene));
    return {};
  });
  await scene.run("run");
  const text = await meanwhile.promise;
  assert.match(text, /^autoborg_start_refused\{name="web",reason="lock-held"\} 1$/m);
  assert.doesNotMatch(text, /^autoborg_run_started_timestamp_seconds\{name="web"\} 0$/m);
  assert.equal(refusalIn(scene), undefined);
  assert.match(metricsOf(scene), /^autoborg_run_started_timestamp_seconds\{name="web"\} 0$/m);
});

Deno.test("run says in the metrics that the configuration is invalid", async () => {
  using scene = new Scene(METRICS);
  await scene.run("run");
  const before = metricsOf(scene);
  scene.write(
    "config.toml",
    'name = "web"\nnonsense = 1\n[metrics]\ntextfile = "./metrics.prom"\n' +
      `[logs]\ndirectory = "${scene.at("logs")}"\n`,
  );
  assert.equal((await scene.run("run")).code, 78);
  assert.equal(refusalIn(scene), "configuration-invalid");
  const success = /^autoborg_last_success_timestamp_seconds\{.*$/m;
  assert.deepEqual(success.exec(metricsOf(scene))?.[0], success.exec(before)?.[0]);
  Deno.removeSync(scene.at("metrics.prom"));
  assert.equal((await scene.run("run", "--dry-run")).code, 78);
  assert.throws(() => metricsOf(scene), Deno.errors.NotFound, "a dry run is no run");
});

Deno.test("run says in the metrics that it can't begin", async () => {
  using scene = new Scene(METRICS);
  assert.equal((await scene.run("run", "--repo=nope")).code, 64);
  assert.equal(refusalIn(scene), "cannot-begin");
});

Deno.test("run refused goes on to say why when the metrics can't be written", async () => {
  using scene = new Scene({ metrics: { textfile: "nowhere/metrics.prom" } });
  const { code, err } = await scene.run("run", "--repo=nope");
  assert.equal(code, 64);
  assert.match(
    err,
    /^warning: The metrics were not written: Cannot write ".*": it does not exist$/m,
  );
  assert.match(err, /Cannot find the repository "nope"/);
});

Deno.test("init writes metrics before the first run, and warns when it can't", async () => {
  using scene = new Scene(METRICS);
  assert.equal((await scene.run("init")).code, 0);
  const series = String.raw`\{name="web",repository="disk"\}`;
  const since = new RegExp(
    `^autoborg_repository_known_since_timestamp_seconds${series} [1-9]`,
    "m",
  );
  assert.match(metricsOf(scene), since);
  const option = `config_option="--config ${scene.at("config.toml")}"`;
  assert.ok(metricsOf(scene).includes(option), "commands of alerts name the configuration");
  assert.match(metricsOf(scene), new RegExp(`^autoborg_last_success_\\w+${series} 0$`, "m"));
  assert.doesNotMatch(metricsOf(scene), /autoborg_last_run/);
  Deno.removeSync(scene.at("metrics.prom"));
  Deno.mkdirSync(scene.at("metrics.prom"));
  const { code, err } = await scene.run("init");
  assert.equal(code, 0);
  assert.match(err, /^warning: The metrics were not written: Cannot write /m);
});

Deno.test("recover says in the metrics that no run is in progress", async () => {
  using scene = new Scene(METRICS);
  const died = 'autoborg_run_started_timestamp_seconds{name="web"}';
  const family = `# HELP ${died.split("{")[0]} x\n# TYPE ${died.split("{")[0]} gauge\n${died}`;
  scene.write("metrics.prom", `${infoOf("web")}${family} 1\n`);
  const { code, err } = await scene.run("recover");
  assert.equal(code, 0, err);
  assert.ok(metricsOf(scene).includes(`\n${died} 0\n`));
});

function infoOf(name: string): string {
  const full = "autoborg_info";
  return `# HELP ${full} x\n# TYPE ${full} gauge\n${full}{name="${name}",version="1"} 1\n`;
}

Deno.test("accept ends an alarm in the metrics", async () => {
  using scene = new Scene(METRICS);
  await scene.run("run");
  {
    using history = History.open(historyPath(scene.at("state")));
    const { archives, repository } = history.ledger("web", "disk").read();
    assert.ok(repository !== undefined);
    const alarms = [alarm("source-small", "half")];
    history.ledger("web", "disk").write({ seen: repository, trusted: true, archives, alarms });
  }
  await scene.run("init");
  const series = 'autoborg_alarm{name="web",repository="disk",kind="source-small"}';
  assert.ok(metricsOf(scene).includes(`${series} 1\n`));
  assert.equal((await scene.run("accept", "disk")).code, 0);
  assert.ok(metricsOf(scene).includes(`${series} 0\n`));
});
