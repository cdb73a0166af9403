import assert from "node:assert/strict";
import { planVerifications } from "../../../lib/backup/verification.ts";
import { verify } from "../../../lib/backup/steps/verify.ts";
import type { PastVerification } from "../../../lib/state/verifications.ts";
import { pathsAgain } from "../../../lib/state/verifications.ts";
import { ChangedFiles } from "../../../lib/verify/changed_files.ts";
import { BorgDouble } from "../../borg/double.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-11-22T04:00:00Z");

/** Nights in which the same files are archived again, and read back. */
class Nights implements AsyncDisposable {
  borg = new BorgDouble();
  readonly root = Deno.makeTempDirSync();
  readonly past: PastVerification[] = [];
  readonly files: Readonly<Record<string, string>>;
  /** What the archives hold; like the files, unless a test changes it. */
  archived: Record<string, string>;
  target = { ...TARGET, verify: { files: 1, cycle: 10 * DAY, maxBytes: 0 } };
  #controller = new AbortController();

  constructor(count: number) {
    const names = Array.from({ length: count }, (_, index) => `source/file-${index}`);
    this.files = Object.fromEntries(names.map((name) => [name, `content of ${name}`]));
    this.archived = this.files;
    Deno.mkdirSync(`${this.root}/source`);
    for (const [path, text] of Object.entries(this.files)) {
      Deno.writeTextFileSync(`${this.root}/${path}`, text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }

  /** Reads back what is due in a night; returns which files those were. */
  async run(night: number, how: {
    readonly exclude?: readonly string[];
    readonly isBroken?: boolean;
  } = {}) {
    const { target, past, root } = this;
    const borg = this.borg = new BorgDouble();
    if (how.isBroken === true) borg.fails("list", "Connection closed by remote host");
    const { signal } = this.#controller;
    const startedAt = new Date(START + night * DAY);
    const sources = { root, paths: ["source"] };
    const base = planWith({ startedAt, repositories: [target], skip: new Set() });
    const exclude = how.exclude ?? [];
    const plan = { ...base, sources: { ...base.sources, exclude: [...exclude] } };
    borg.archivesOf(target.url).set(plan.archive, this.archived);
    const memory = emptyMemory({ verifications: () => past });
    const verification = planVerifications({
      plan,
      staging: { sources, passedOver: [] },
      repositories: [{ target, exclude, paths: sources.paths, apart: [] }],
      memory: () => memory,
      signal,
    })(target);
    assert.ok(verification !== undefined);
    const { outcome } = await verify(
      {
        plan,
        target,
        inherited: { HOME: root },
        start: borg.start,
        signal,
        emit: () => {},
        memory,
      },
      {
        sources,
        verification,
        changed: new ChangedFiles(0, ""),
        total: 1_000_000,
        // As if the files had been there for a while.
        began: () => Date.now() + 60_000,
        complete: exclude.length === 0,
      },
    );
    if (outcome.verification !== undefined) {
      past.unshift({ ...outcome.verification, at: startedAt.getTime() });
    }
    return outcome;
  }

  /** The paths that Borg was asked for in its last start. */
  get asked(): readonly string[] {
    const request = this.borg.requests.at(-1);
    const stdin = request !== undefined && "stdin" in request ? request.stdin : undefined;
    assert.ok(typeof stdin === "string");
    return [...stdin.matchAll(/^\+ pf:(.*)$/gm)].map(([, path = ""]) => path);
  }
}

/** Of a night in which something was read back. */
function coverageOf(outcome: Awaited<ReturnType<Nights["run"]>>) {
  assert.ok(outcome.state !== "skipped");
  return outcome.verified?.coverage;
}

Deno.test("verify() reads every file within the cycle, whatever nights are missed or fail", async () => {
  await using nights = new Nights(120);
  const read = new Set<string>();
  for (const night of [0, 1, 2, 5, 6, 7, 8, 9, 10]) {
    const isBroken = night === 6;
    const outcome = await nights.run(night, { isBroken });
    assert.equal(outcome.state, isBroken ? "failed" : "ok");
    if (!isBroken) { for (const path of nights.asked) read.add(path); }
  }
  assert.equal(read.size, 120);
});

Deno.test("verify() says what share of the bytes it has reached", async () => {
  await using nights = new Nights(120);
  const first = coverageOf(await nights.run(0));
  assert.ok(first !== undefined && first.share < 0.01, "of what Borg says that the archive holds");
  for (let night = 1; night <= 9; night += 1) await nights.run(night);
  const whole = coverageOf(await nights.run(10));
  assert.equal(whole?.share, 1);
  assert.equal(whole?.differences, 0);
  assert.ok(whole !== undefined && whole.files >= 120);
});

Deno.test("verify() reads a file again that differed, until it is equal, and fails until then", async () => {
  await using nights = new Nights(30);
  const [path = ""] = Object.keys(nights.files);
  nights.archived = { ...nights.files, [path]: `content 0f ${path}` };
  let night = 0;
  while ((await nights.run(night)).state === "ok" && night < 12) night += 1;
  assert.ok(night < 12, "it was found within the cycle");
  assert.deepEqual(nights.past.slice(0, 1).flatMap(pathsAgain), [path]);
  const again = await nights.run(night + 1);
  assert.equal(again.state, "failed");
  assert.ok(nights.asked.includes(path));
  nights.archived = nights.files;
  const healed = await nights.run(night + 2);
  assert.equal(healed.state, "ok");
  assert.ok(nights.asked.includes(path));
  assert.equal(coverageOf(healed)?.differences, 2);
  assert.deepEqual(nights.past.slice(0, 1).flatMap(pathsAgain), []);
});

Deno.test("verify() reads nothing that is excluded", async () => {
  await using nights = new Nights(30);
  nights.target = { ...nights.target, verify: { files: 30, cycle: 0, maxBytes: 0 } };
  await nights.run(0, { exclude: ["sh:source/*-1*"] });
  assert.equal(nights.asked.length, 30 - 11);
  assert.ok(!nights.asked.some((path) => path.includes("-1")));
});

Deno.test("verify() gives up a file that is too large for its night when reading it fails", async () => {
  await using nights = new Nights(3);
  nights.target = { ...nights.target, verify: { files: 1, cycle: 10 * DAY, maxBytes: 10 } };
  assert.equal((await nights.run(0, { isBroken: true })).state, "failed");
  const [first] = nights.asked;
  const [{ debt, missedFiles, lap } = { debt: 0, missedFiles: 0, lap: 0 }] = nights.past;
  assert.ok(debt > 0 && missedFiles === 1 && lap > 0);
  // What was too much is paid back before the next one has its turn.
  let night = 1;
  for (; (await nights.run(night)).state === "skipped"; night += 1) assert.ok(night < 20);
  assert.ok(night > 1);
  assert.notEqual(nights.asked[0], first);
});
