/**
 * What the forge reads: workflows, forms, and who keeps dependencies up to date.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { runToEnd } from "./e2e/program.ts";
import { ROOT } from "./pages.ts";

const Step = z.object({ uses: z.string().optional(), run: z.string().optional() });
const Job = z.object({
  permissions: z.record(z.string(), z.string()).optional(),
  "timeout-minutes": z.number().optional(),
  uses: z.string().optional(),
  steps: z.array(Step).default([]),
});
const Workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), Job),
});
const Form = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(z.object({
    type: z.enum(["markdown", "textarea", "input", "dropdown", "checkboxes"]),
    id: z.string().optional(),
    attributes: z.record(z.string(), z.unknown()),
  })),
});

/** A file in YAML below `.github`. */
interface Yaml {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
}

function yamlsIn(directory: string): Yaml[] {
  return [...Deno.readDirSync(join(ROOT, directory))].flatMap(({ name }) => {
    if (!/\.ya?ml$/.test(name)) return [];
    const path = `${directory}/${name}`;
    const text = Deno.readTextFileSync(join(ROOT, path));
    const document = parseDocument(text);
    assert.deepEqual([...document.errors, ...document.warnings], [], path);
    return [{ path, text, value: document.toJS() }];
  });
}

const ENV = { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" };
const WORKFLOWS = yamlsIn(".github/workflows")
  .map((yaml) => ({ ...yaml, workflow: Workflow.parse(yaml.value) }));

/** Everything that workflows run, with the place where. */
function scripts(): { where: string; run: string }[] {
  return WORKFLOWS.flatMap(({ path, workflow }) =>
    Object.entries(workflow.jobs).flatMap(([name, { steps }]) =>
      steps.flatMap(({ run }) => run === undefined ? [] : [{ where: `${path}: ${name}`, run }])
    )
  );
}

Deno.test("workflows name each action by a commit, with its version beside it", () => {
  let count = 0;
  for (const { path, text } of WORKFLOWS) {
    for (const [, action = ""] of text.matchAll(/^.*\buses: (.*)$/gm)) {
      if (action.startsWith("./")) continue;
      assert.match(action, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, path);
      count += 1;
    }
  }
  assert.ok(count > 5, `found only ${count} actions`);
});

Deno.test("workflows may only read, the job that publishes a release aside", () => {
  for (const { path, workflow } of WORKFLOWS) {
    assert.deepEqual(workflow.permissions, { contents: "read" }, path);
    for (const [name, { permissions }] of Object.entries(workflow.jobs)) {
      if (path === ".github/workflows/release.yml" && name === "release") continue;
      assert.equal(permissions, undefined, `${path}: ${name}`);
    }
  }
});

Deno.test("every job of the workflows has a time limit", () => {
  for (const { path, workflow } of WORKFLOWS) {
    for (const [name, job] of Object.entries(workflow.jobs)) {
      // One that calls another workflow has the limits of that.
      if (job.uses !== undefined) continue;
      assert.notEqual(job["timeout-minutes"], undefined, `${path}: ${name}`);
    }
  }
});

Deno.test("the tasks, scripts and files that workflows name are there", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  let count = 0;
  for (const { where, run } of scripts()) {
    for (const [, task = ""] of run.matchAll(/\bdeno task (\S+)/g)) {
      assert.ok(Object.hasOwn(tasks, task), `${where}: ${task}`);
      count += 1;
    }
    for (const [path] of run.matchAll(/(?<![\w/.])(?:scripts|tests|lib)\/[\w./-]+/g)) {
      assert.ok(Deno.statSync(join(ROOT, path)).isFile, `${where}: ${path}`);
      count += 1;
    }
  }
  assert.ok(count > 10, `found only ${count}`);
});

Deno.test("deno task test fails for what a test leaves open, as Deno does not by itself since 2.8", () => {
  const { tasks: { test } } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  for (const what of ["OPS", "RESOURCES"]) {
    assert.match(test.command, new RegExp(`\\bDENO_TEST_SANITIZE_${what}=1 .*deno test `));
  }
});

Deno.test("scripts/test.sh runs every task that checks or tests, and those of a commit are among them", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const script = Deno.readTextFileSync(join(ROOT, "scripts/test.sh"));
  const run = [...script.matchAll(/\bdeno task --quiet ([\w:]+)/g)].map(([, task]) => task);
  const isTest = (task: string) => /^(?:check|spell|test(?!:all$).*|coverage:report)$/.test(task);
  assert.deepEqual([...new Set(run)].toSorted(), Object.keys(tasks).filter(isTest).toSorted());
  for (const task of tasks.ok.dependencies) assert.ok(run.includes(task), task);
});

Deno.test("bash reads what the workflows run", async () => {
  for (const { where, run } of scripts()) {
    const plain = run.replaceAll(/\$\{\{.*?\}\}/g, "value");
    const { code, stderr } = await runToEnd(["bash", "-n", "-c", plain], { env: ENV });
    assert.equal(code, 0, `${where}: ${stderr}`);
  }
});

Deno.test("the forms for issues ask each question under a name of its own", () => {
  const forms = yamlsIn(".github/ISSUE_TEMPLATE").filter(({ path }) =>
    !path.endsWith("/config.yml")
  );
  assert.ok(forms.length > 0);
  for (const { path, value } of forms) {
    const ids = Form.parse(value).body.flatMap(({ type, id }) => type === "markdown" ? [] : [id]);
    assert.ok(!ids.includes(undefined), path);
    assert.equal(new Set(ids).size, ids.length, path);
  }
});

Deno.test("dependabot knows every kind of dependency that there is", () => {
  const Config = z.object({ updates: z.array(z.object({ "package-ecosystem": z.string() })) });
  const [config] = yamlsIn(".github").filter(({ path }) => path === ".github/dependabot.yml");
  const kinds = Config.parse(config?.value).updates.map((update) => update["package-ecosystem"]);
  assert.deepEqual(kinds, ["github-actions", "deno"]);
});
