/**
 * Puts one fault after the other into the program, and looks after each whether everything still
 * holds that is promised.
 *
 * @module
 */
import assert from "node:assert/strict";
import { BINARY, type Ended, type Running } from "../e2e/program.ts";
import type { Fault } from "./fault.ts";
import { contentOf, requireBackups, requireNothingLeft, requireTraces } from "./invariants.ts";
import { Scene, TIMEOUT } from "./scene.ts";

/**
 * Registers a test for each fault of a kind. A compiled program can't be opened: it gets those only
 * that come from outside.
 *
 * @param kind the name of the table's file
 * @param faults the table
 */
export function testFaults(kind: string, faults: readonly Fault[]): void {
  for (const fault of faults) {
    if (BINARY !== undefined && fault.inject !== undefined) continue;
    const impossible = fault.impossible?.();
    const name = impossible === undefined ? fault.name : `${fault.name} (not run: ${impossible})`;
    Deno.test({ name, ignore: impossible !== undefined, fn: () => testFault(kind, fault) });
  }
}

async function testFault(kind: string, fault: Fault): Promise<void> {
  const real = fault.borg === "real";
  const child = fault.inject === undefined ? undefined : [kind, fault.name] as const;
  await using scene = await Scene.make(fault.config ?? {}, { real, child });
  await fault.prepare?.(scene);
  const before = contentOf(scene.foreign);
  const received = scene.mails.received.length;
  const running = fault.start?.(scene) ?? scene.start();
  await fault.during?.(scene, running);
  const own = await endOf(running);
  const ended = { ...own, code: await fault.exitCode?.(scene) ?? own.code };
  await requireTraces(scene, fault.expected, ended, received);
  await fault.more?.(scene);
  await fault.repair?.(scene);
  if (real) await requireBackups(scene);
  assert.deepEqual(contentOf(scene.foreign), before, "what belongs to others has changed");
  await requireNextRun(scene, fault);
  assert.deepEqual(contentOf(scene.foreign), before, "the next run changed what belongs to others");
}

/** The run after it, without the fault, does its whole job and leaves nothing behind. */
async function requireNextRun(scene: Scene, fault: Fault): Promise<void> {
  const { next = 0, nextSays = [] } = fault.expected;
  const received = scene.mails.received.length;
  const ended = await endOf(scene.place.start("run"));
  assert.equal(ended.code, next, `the next run: ${ended.stderr}`);
  const { text } = scene.mails.received.slice(received)[0] ?? { text: "" };
  for (const pattern of nextSays) {
    assert.ok(pattern.test(text), `expected ${pattern} in the next report, found:\n${text}`);
  }
  await requireNothingLeft(scene);
}

/** Waits for the end of a program; one that hangs is ended, and that is a failure. */
async function endOf(running: Running): Promise<Ended> {
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    running.kill("SIGKILL");
  }, TIMEOUT);
  const ended = await running.end();
  clearTimeout(timer);
  assert.ok(!hangs, `it does not end: ${ended.stderr}`);
  return ended;
}
