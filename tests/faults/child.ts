/**
 * The program with one fault in it: `child.ts KIND NAME ARGUMENT...` puts the fault of this name in
 * and then does what `main.ts ARGUMENT...` does.
 *
 * @module
 */
import type { Fault } from "./fault.ts";
import { wrapEverything } from "./seams.ts";

const [kind = "", name = "", ...args] = Deno.args;
const { faults }: { readonly faults: readonly Fault[] } = await import(`./kinds/${kind}.ts`);
const fault = faults.find((one) => one.name === name);
if (fault === undefined) throw new Error(`expected a fault "${name}" of the kind "${kind}"`);
Object.defineProperty(Deno, "args", { value: args });
wrapEverything();
fault.inject?.();
const { main } = await import("../../main.ts");
await main();
