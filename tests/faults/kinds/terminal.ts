/**
 * The terminal goes away, or what stands in its place.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { afterTicks, at, fail, hang, letBorgGo, on, WAIT } from "../seams.ts";

export const faults: readonly Fault[] = [
  {
    name: "run goes on when nobody reads its standard error any more",
    inject: () => fail("print", /^stderr /, "EPIPE", { from: 2 }),
    expected: {
      state: "warning",
      code: 1,
      says: [/continued without standard error: broken pipe/],
    },
    guard: {
      file: "lib/cli/steady_terminal.ts",
      find: "this.lose(reason.charAt(0).toLowerCase() + reason.slice(1));",
      replace: "",
    },
  },
  {
    name: "run goes on when the reader of its JSON goes away",
    start: (scene) => scene.start("--progress=json"),
    inject: () => fail("print", /^stdout /, "EPIPE", { from: 3 }),
    expected: { state: "warning", code: 1, says: [/continued without standard output/] },
    guard: {
      file: "lib/cli/run_terminal.ts",
      find: "return [...this.#error.problems, ...this.#output.problems];",
      replace: "return this.#error.problems;",
    },
  },
  {
    name: "run writes every word when the terminal takes one byte at a time",
    inject: () => {
      on("print", /^stderr /, ({ args: [bytes], proceed }) => {
        return proceed([bytes instanceof Uint8Array ? bytes.subarray(0, 1) : bytes]);
      });
    },
    expected: { state: "ok", code: 0, tells: [/^ok after .*: first ok, second ok\n/m] },
    guard: {
      file: "lib/cli/steady_terminal.ts",
      find:
        "for (let at = 0; at < next.length;) at += await this.#stream.write(next.subarray(at));",
      replace: "await this.#stream.write(next);",
    },
  },
  {
    name: "run goes on when the terminal does not know its size any more",
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    start: (scene) => scene.start("--progress=bar"),
    inject: () => {
      fail("consoleSize", /^/, "EIO");
      at("spawn", /^borg create/, () => afterTicks(3, 200, letBorgGo));
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/cli/terminal.ts",
      find: "return { columns: 80, rows: 24 };",
      replace: 'throw new Error("no size");',
    },
  },
  {
    name: "run ends when nothing takes what it writes, as a stopped pager does",
    inject: () => hang("print", /^stderr /),
    expected: { state: "warning", code: 1 },
    guard: {
      file: "lib/cli/steady_terminal.ts",
      find: "await Promise.race([this.#writing, late]);",
      replace: "await this.#writing;",
    },
  },
];
