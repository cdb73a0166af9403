import assert from "node:assert/strict";
import type { ZfsCommand, ZfsCommandResult } from "../../lib/zfs/command.ts";
import type { CommandFault, JournalFault } from "./double/machine.ts";
import { plainServer, rootAndBoot, rootOnZfs, type Server } from "./double/server.ts";
import { type Trial, tryFault } from "./fault_trial.ts";

const SERVERS: Readonly<Record<string, () => Server>> = {
  "several pools": plainServer,
  "root on ZFS": rootOnZfs,
};

function failing(code: number, stderr: (command: ZfsCommand) => string): CommandFault {
  return (command) => ({
    succeeded: false,
    end: { kind: "exited", code },
    stdout: "",
    stderr: stderr(command),
  });
}

function ending(end: ZfsCommandResult["end"], done: boolean): CommandFault {
  return (_, work) => {
    if (done) work();
    return { succeeded: false, end, stdout: "", stderr: "" };
  };
}

/** Changes what a command prints that has otherwise done its work. */
function printing(change: (stdout: string, command: ZfsCommand) => string): CommandFault {
  return (command, work) => {
    const result = work();
    return { ...result, stdout: change(result.stdout, command) };
  };
}

const last = ({ args }: ZfsCommand) => args.at(-1) ?? "";

/** Faults of a single command. */
const FAULTS: Readonly<Record<string, CommandFault>> = {
  "fails: I/O error": failing(1, (command) => `cannot open '${last(command)}': I/O error`),
  "fails: dataset does not exist": failing(
    1,
    (command) => `cannot open '${last(command)}': dataset does not exist`,
  ),
  "fails: dataset is busy": failing(
    1,
    (command) => `cannot open '${last(command)}': dataset is busy`,
  ),
  "fails: usage": failing(2, () => "missing dataset argument\nusage:\n\tzfs"),
  "fails: target is busy": failing(32, (command) => `umount: ${last(command)}: target is busy.`),
  "fails: suspended": failing(1, () => "pool I/O is currently suspended"),
  "fails: cannot allocate memory": failing(255, () => "internal error: Cannot allocate memory"),
  "hangs": ending({ kind: "timed-out", code: 143 }, false),
  "hangs, and does its work": ending({ kind: "timed-out", code: 143 }, true),
  "cannot be killed": ending({ kind: "unkillable", reason: "timed-out" }, false),
  "is killed": ending({ kind: "killed", signal: "SIGKILL" }, false),
  "is killed behind its work": ending({ kind: "killed", signal: "SIGKILL" }, true),
  "cannot be started": ending({ kind: "not-started", reason: 'Cannot start "zfs"' }, false),
  "lies: succeeds without doing anything": () => ({
    succeeded: true,
    end: { kind: "exited", code: 0 },
    stdout: "",
    stderr: "",
  }),
  "lies: fails behind its work": (_, work) => ({
    ...work(),
    succeeded: false,
    end: { kind: "exited", code: 1 },
  }),
  "lies: fails behind its work and prints nothing": ending({ kind: "exited", code: 1 }, true),
  "prints one half": printing((stdout) => stdout.slice(0, stdout.length / 2)),
  "prints all but the last character": printing((stdout) => stdout.slice(0, -1)),
  "prints the first line": printing((stdout) => stdout.split("\n")[0] ?? ""),
  "prints nothing": printing(() => ""),
  "prints about another pool": printing((stdout) =>
    stdout.replaceAll(/tank|other|rpool/g, "elsewhere")
  ),
  "prints another snapshot's guid": printing((stdout) => stdout.replaceAll(/\b7\d{18}\b/g, "42")),
  "prints what foreign snapshots are": printing((stdout) =>
    stdout.replaceAll(/@autoborg-web-\S+?-0123abcd/g, "@daily")
  ),
};

/** Faults that may come to stay: a broken program, a pool that is suspended. */
const LASTING: ReadonlySet<string> = new Set([
  "fails: I/O error",
  "fails: dataset does not exist",
  "hangs",
  "hangs, and does its work",
  "is killed behind its work",
  "cannot be started",
  "lies: succeeds without doing anything",
  "prints one half",
  "prints another snapshot's guid",
]);

/** What nobody can find out: an output that ends behind a line is a shorter output. */
function isBlind(name: string, command: string): boolean {
  return name === "prints the first line" && command.startsWith("zfs list");
}

/** A trial for each step of a staging without faults. */
async function eachStep(
  name: string,
  count: "commands" | "calls" | "journal",
  trialOf: (step: number) => Omit<Trial, "server">,
): Promise<string[]> {
  const failures: string[] = [];
  for (const [layout, server] of Object.entries(SERVERS)) {
    const { process } = await tryFault({ server, faults: {} });
    const counts = {
      commands: process.commands.length,
      calls: process.calls.count,
      journal: process.journalCalls.count,
    };
    assert(counts[count] > 4, "there is nothing to be tried");
    for (let step = 0; step < counts[count]; step++) {
      if (count === "commands" && isBlind(name, process.commands[step] ?? "")) continue;
      try {
        await tryFault({ server, ...trialOf(step) });
      } catch (error) {
        const what = count === "commands" ? process.commands[step]?.slice(0, 90) : `${count}`;
        const text = error instanceof Error ? error.message : String(error);
        failures.push(`${layout}, step ${step} (${what}) ${name}: ${text}`);
      }
    }
  }
  return failures;
}

/** All at once: one fault in the code shows in many places. */
function assertNone(failures: readonly string[]): void {
  assert(failures.length === 0, `${failures.length} failed:\n${failures.slice(0, 40).join("\n")}`);
}

for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test(`stageSources(), release() and recover() hold when one command ${name}`, async () => {
    assertNone(
      await eachStep(name, "commands", (step) => ({
        faults: { command: (number) => number === step ? fault : undefined },
      })),
    );
  });

  if (!LASTING.has(name)) continue;
  Deno.test(`stageSources(), release() and recover() hold when from a step on every command ${name}`, async () => {
    assertNone(
      await eachStep(name, "commands", (step) => ({
        faults: { command: (number) => number >= step ? fault : undefined },
      })),
    );
  });
}

for (const when of ["before", "behind"] as const) {
  Deno.test(`recover() cleans up when the process dies ${when} any command`, async () => {
    const dying: CommandFault = (_, work) => {
      if (when === "behind") work();
      return "death";
    };
    assertNone(
      await eachStep(`dies ${when} it`, "commands", (step) => ({
        faults: { command: (number) => number === step ? dying : undefined },
      })),
    );
  });

  Deno.test(`stageSources() releases everything when it is stopped ${when} any command`, async () => {
    assertNone(
      await eachStep(`is stopped ${when} it`, "commands", (step) => {
        const stop = new AbortController();
        const stopping: CommandFault = (_, work) => {
          const result = when === "behind" ? work() : undefined;
          stop.abort(new Error("stopped"));
          return result ?? { ...STOPPED, stdout: "", stderr: "" };
        };
        return {
          stop,
          faults: {
            command: (number) => number === step && !stop.signal.aborted ? stopping : undefined,
          },
        };
      }),
    );
  });
}

const STOPPED = { succeeded: false, end: { kind: "stopped", code: 143 } } as const;

const JOURNAL_FAULTS: readonly JournalFault[] = [
  { kind: "fails", text: "No space left on device (os error 28)" },
  { kind: "fails after", text: "Input/output error (os error 5)" },
  { kind: "death" },
];

for (const fault of JOURNAL_FAULTS) {
  Deno.test(`stageSources(), release() and recover() hold when the journal ${fault.kind}`, async () => {
    assertNone([
      ...await eachStep(fault.kind, "journal", (step) => ({
        faults: { journal: (number) => number === step ? fault : undefined },
      })),
      ...await eachStep(`${fault.kind} from then on`, "journal", (step) => ({
        faults: { journal: (number) => number >= step ? fault : undefined },
      })),
    ]);
  });
}

Deno.test("stageSources(), release() and recover() hold when any call of the file system fails", async () => {
  const error = () => new Error("Input/output error (os error 5)");
  assertNone([
    ...await eachStep("fails", "calls", (step) => ({
      faults: { call: (number) => number === step ? error() : undefined },
    })),
    ...await eachStep("fails from then on", "calls", (step) => ({
      faults: { call: (number) => number >= step ? error() : undefined },
    })),
  ]);
});

Deno.test("release() takes no bind for private whose command was killed before it was", async () => {
  const killed: CommandFault = (command, work) => {
    const args = command.args.filter((one) => !one.startsWith("--make-"));
    work({ ...command, args });
    return { succeeded: false, end: { kind: "killed", signal: "SIGKILL" }, stdout: "", stderr: "" };
  };
  const { process } = await tryFault({ server: rootAndBoot, faults: {} });
  const binds = process.commands.flatMap((command, number) =>
    /^mount --r?bind/.test(command) ? [number] : []
  );
  assert(binds.length > 4, "there is nothing to be tried");
  for (const bind of binds) {
    const command = (number: number) => number === bind ? killed : undefined;
    await tryFault({ server: rootAndBoot, faults: { command } });
  }
});
