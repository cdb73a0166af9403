/**
 * Stages in a process of its own, so that it can be killed: `driver.ts JSON` with a part of a
 * {@linkcode StageRequest}. Prints "staged", waits for its standard input to end, releases.
 *
 * @module
 */
import { stageSources } from "../../lib/staging/stage.ts";
import { requestFor, say } from "./machine.ts";

const wishes: unknown = JSON.parse(Deno.args[0] ?? "{}");
if (typeof wishes !== "object" || wishes === null) throw new TypeError("not an object");
const staging = await stageSources(requestFor(wishes));
say("staged");
for await (const _chunk of Deno.stdin.readable);
const problems = await staging.release();
say(JSON.stringify(problems));
