/**
 * What must hold after each run, whatever went wrong in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { exists } from "../e2e/place.ts";
import { type Ended, processesWith } from "../e2e/program.ts";
import type { Expected, Trace } from "./fault.ts";
import { isOfBorg, NAME, type Scene } from "./scene.ts";
import { historySays, logSays, metricsSay, reportSays, type Said } from "./traces.ts";

const TRACES: readonly Trace[] = ["history", "log", "report", "metrics"];

/** A stack of JavaScript's belongs into the log alone. */
const STACK = /^\s+at .+(\.ts|\.js|<anonymous>|native)/m;

/**
 * The five traces agree: exit code, history, log, report and metrics say the same of the same run.
 * What can't be written is named by the others.
 *
 * @param scene the scene
 * @param expected what must have become of the run
 * @param ended how the program ended
 * @param received how many mails there were before
 */
export async function requireTraces(
  scene: Scene,
  expected: Expected,
  ended: Ended,
  received: number,
): Promise<void> {
  const { place } = scene;
  const { state, code, unwritten = [], named, without, reported = state } = expected;
  const traces: Readonly<Record<Trace, Said | undefined>> = {
    history: historySays(place),
    log: logSays(place),
    report: await reportSays(scene, received),
    metrics: metricsSay(place),
  };
  const all = `${ended.stdout}${ended.stderr}\nLOG\n${traces.log?.text}\n${traces.report?.text}`;
  assert.equal(ended.code, code, `exit code ${ended.code}, wanted ${code}\n${all}`);
  const present: readonly string[] = without === undefined
    ? TRACES.filter((name) => !unwritten.includes(name))
    : without === "refused"
    ? ["report"]
    : [];
  const written = Object.entries(traces).filter(([name]) => present.includes(name));
  for (const [name, said] of written) {
    const wanted = name === "report" ? reported : state;
    assert.equal(said?.state, wanted, `the ${name} says ${said?.state}, wanted ${wanted}\n${all}`);
  }
  const runs = written.flatMap(([, said]) => said?.runId ?? []);
  assert.ok(new Set(runs).size <= 1, `the traces are of the runs ${runs.join(", ")}`);
  assert.deepEqual(named === undefined, unwritten.length === 0, "the table must say what is named");
  if (named !== undefined) {
    for (const name of ["report", "log"] as const) {
      if (present.includes(name)) requireMatch(name, traces[name]?.text, named);
    }
  }
  if (without !== "dead") requireWords(expected, ended, traces);
}

function requireWords(
  { says = [], logs = [], tells = [], never = [] }: Expected,
  ended: Ended,
  { report, log, history }: Readonly<Record<Trace, Said | undefined>>,
): void {
  const terminal = `${ended.stdout}${ended.stderr}`;
  for (const pattern of says) requireMatch("report", report?.text, pattern);
  for (const pattern of logs) requireMatch("log", log?.text, pattern);
  for (const pattern of tells) requireMatch("terminal", terminal, pattern);
  // The log stands at the end of the report.
  const [own = ""] = (report?.text ?? "").split("\nLOG ");
  for (const pattern of [...never, STACK]) {
    for (const text of [pattern === STACK ? own : report?.text, terminal, history?.text]) {
      assert.doesNotMatch(text ?? "", pattern);
    }
  }
  for (const pattern of never) assert.doesNotMatch(log?.text ?? "", pattern);
}

function requireMatch(what: string, text: string | undefined, pattern: RegExp): void {
  assert.ok(pattern.test(text ?? ""), `expected ${pattern} in the ${what}, found:\n${text}`);
}

/**
 * Nothing is left of the runs: no process, no mount directory, no half a file, no journal.
 *
 * @param scene the scene
 */
export async function requireNothingLeft(scene: Scene): Promise<void> {
  const { place } = scene;
  const isQuiet = () => processesWith(place.directory).length === 0;
  await scene.waitFor("no process to be left", isQuiet);
  const names = [...walk(place.directory)].filter((path) => !isOfBorg(place, path));
  const halves = names.filter((path) => path.endsWith(".new"));
  assert.deepEqual(halves, [], "half a file is left");
  const journals = names.filter((path) => /\/journal-[^/]*\.json$/.test(path));
  assert.deepEqual(journals, [], "a journal is left");
  const mounted = exists(place.at("temp")) ? [...walk(place.at("temp"))] : [];
  assert.deepEqual(mounted, [], "temp_dir is not empty");
  const waiting = names.filter((path) => /\/mail\/web-[^/]*\.eml$/.test(path));
  assert.deepEqual(waiting, [], "a report waits that could be sent");
}

/**
 * Every archive that the history calls good holds what its source holds.
 *
 * @param scene a scene with the real Borg, whose sources did not change since
 */
export async function requireBackups(scene: Scene): Promise<void> {
  const { place } = scene;
  for (const [label, archive] of goodArchives(scene)) {
    const target = place.at(`extracted-${label}-${archive}`);
    await Deno.mkdir(target);
    const url = `${scene.repositoryPath(label)}::${archive}`;
    const relative = place.at("source").slice(1);
    await place.borgIn(target, label, "extract", url);
    const wanted = contentOf([place.at("source")], place.at("source"));
    const got = contentOf([join(target, relative)], join(target, relative));
    assert.deepEqual(got, wanted, `${archive} in ${label} is not what its source is`);
  }
}

/** Those that a run reported as made, or as made with warnings. */
function goodArchives({ place }: Scene): readonly (readonly [string, string])[] {
  if (!exists(place.at("state/history.db"))) return [];
  const database = new DatabaseSync(place.at("state/history.db"), { readOnly: true });
  try {
    return database.prepare(
      `SELECT label, archive FROM steps JOIN runs ON runs.id = steps.run
       WHERE runs.name = ? AND step = 'create' AND steps.state IN ('ok', 'warning')
         AND archive IS NOT NULL`,
    ).all(NAME).map(({ label, archive }) => [String(label), String(archive)] as const);
  } finally {
    database.close();
  }
}

/**
 * Every path below others, with mode, owner and content; for comparing.
 *
 * @param roots files and directories
 * @param base what is left out of the paths
 */
export function contentOf(roots: readonly string[], base = ""): readonly string[] {
  return roots.flatMap((root) => [root, ...(isDirectory(root) ? walk(root) : [])]).map((path) => {
    const info = Deno.lstatSync(path);
    const content = info.isFile
      ? createHash("sha256").update(Deno.readFileSync(path)).digest("hex")
      : info.isSymlink
      ? Deno.readLinkSync(path)
      : "";
    return `${path.slice(base.length)} ${info.mode} ${info.uid} ${info.gid} ${content}`;
  }).toSorted();
}

function isDirectory(path: string): boolean {
  return exists(path) && Deno.lstatSync(path).isDirectory;
}

function* walk(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    yield path;
    if (isDirectory) yield* walk(path);
  }
}
