/** What follows a new configuration: repository, first backup, verify, timer. @module */
import { dirname, join } from "node:path";
import { hasKey } from "../borg/key_export.ts";
import type { Repository } from "../config/config_schema.ts";
import { ExitCode } from "../errors.ts";
import { DEFAULT_CALENDAR, DEFAULT_SPLAY } from "../systemd/timer_unit.ts";
import { printableLine } from "../text/printable.ts";
import type { CliContext } from "./context.ts";
import { describeError, exitCodeOfError } from "./describe_error.ts";
import type { Prompts } from "./prompts.ts";
import { withRootHint } from "./root_hint.ts";
import type { SetupAnswers } from "./setup_answers.ts";
import {
  chooseTimer,
  isDone,
  outcomeText,
  type StepName,
  type TimerChoice,
  UNITS,
} from "./setup_outcome.ts";
import { initVerb } from "./verbs/init.ts";
import { keyVerb } from "./verbs/key.ts";
import { runVerb } from "./verbs/run.ts";
import { makeUnits } from "./verbs/systemd.ts";
import { verifyVerb } from "./verbs/verify.ts";

/** A configuration, and what the command line says about what follows. */
interface SetupSteps {
  readonly flags: SetupAnswers;
  /** The configuration, absolute. */
  readonly path: string;
  readonly repositories: readonly Repository[];
  /** Whether the configuration was there before. */
  readonly keeps: boolean;
  /** `undefined`: nobody can be asked. */
  readonly prompts: Prompts | undefined;
}

/** A step, under the name of its flag. */
interface Step {
  readonly name: StepName;
  readonly question: string;
  /** The step without which this one makes no sense. */
  readonly needs?: StepName;
  /** Takes it, and gives its exit code. */
  take(context: CliContext): Promise<number>;
}

/**
 * Takes the steps that are wanted, in their order, until one fails or a question is interrupted.
 * However far it comes, it ends with what was done, what failed, and the commands that lead on.
 */
export async function takeSteps(context: CliContext, steps: SetupSteps): Promise<void> {
  const { flags, path, prompts } = steps;
  const timer = await chooseTimer(path);
  const codes = new Map<StepName, number>();
  let interrupted: number = ExitCode.ok;
  try {
    for (const { name, question, needs, take } of stepsOf(steps, timer)) {
      if (needs !== undefined && !codes.has(needs)) continue;
      if (!(flags[name] ?? await prompts?.confirm(question, true))) continue;
      const code = await take(context);
      codes.set(name, code);
      if (!isDone(name, code)) break;
    }
  } catch (error) {
    context.tell(`${describeError(error)}\n`);
    interrupted = exitCodeOfError(error);
  }
  context.end(Math.max(interrupted, ...codes.values()));
  context.tell(outcomeText({ path, written: !steps.keeps, codes, timer }));
}

function stepsOf(steps: SetupSteps, timer: TimerChoice): readonly Step[] {
  const { flags: { color }, path: config } = steps;
  const flags = { config, color };
  const progress = "auto";
  return [
    {
      name: "init",
      question: "Create the repository now? One that exists is left unchanged",
      take: async (context) => {
        const code = await ended(
          context,
          "init",
          (inner) => initVerb.call(inner, { ...flags, anew: false }),
        );
        return code === ExitCode.ok ? await putKeysAway(context, steps) : code;
      },
    },
    {
      name: "run",
      question: "Make the first backup now?",
      needs: "init",
      take: (context) =>
        ended(
          context,
          "run",
          (inner) => runVerb.call(inner, { ...flags, dryRun: false, list: false, progress }),
        ),
    },
    {
      name: "verify",
      question: "Read files back and compare them with their source?",
      needs: "run",
      take: (context) =>
        ended(
          context,
          "verify",
          (inner) => verifyVerb.call(inner, { ...flags, archive: "latest", progress }),
        ),
    },
    ...writesUnits(timer, steps.flags)
      ? [
        {
          name: "timer",
          question: "Write the systemd units that start a run every night?",
          take: (context: CliContext) =>
            ended(context, "systemd", async (inner) => {
              await makeUnits(inner, {
                ...flags,
                write: UNITS,
                overwrite: false,
                calendar: DEFAULT_CALENDAR,
                splay: DEFAULT_SPLAY,
                ...timer.instance === undefined ? {} : { name: timer.instance },
              });
            }),
        } as const,
      ]
      : [],
  ];
}

/** Those of the package need not be written, and without systemd nobody is asked. */
function writesUnits({ kind }: TimerChoice, { timer = false }: SetupAnswers): boolean {
  return kind === "written" || (kind === "none" && timer);
}

/** Calls a verb, says what it throws as if it had been typed, and gives its exit code. */
async function ended(
  context: CliContext,
  name: string,
  verb: (inner: CliContext) => Promise<void>,
): Promise<number> {
  let code: number = ExitCode.ok;
  try {
    await verb({ ...context, end: (given) => code = given });
  } catch (error) {
    context.tell(`${describeError(withRootHint(error, Deno.uid(), [name]))}\n`);
    code = exitCodeOfError(error);
  }
  return code;
}

/** Offers to export the keys, and says where the passphrases are that belong to them. */
async function putKeysAway(context: CliContext, steps: SetupSteps): Promise<number> {
  const { flags: { color }, path: config, prompts } = steps;
  const directory = join(dirname(config), "keys");
  const hasKeys = steps.repositories.some(({ encryption }) => hasKey(encryption));
  const question = `Export the keys to ${
    printableLine(directory)
  } now, to move them away from here?`;
  if (hasKeys && await prompts?.confirm(question, true)) {
    const code = await ended(
      context,
      "key",
      (inner) => keyVerb.call(inner, { config, color }, "export", directory),
    );
    if (code !== ExitCode.ok) return code;
  }
  for (const { label, key, encryption } of steps.repositories) {
    if (key.kind !== "passphrase" || encryption.startsWith("authenticated")) continue;
    context.tell(
      `\nKeep the passphrase of ${label} with its key, away from this machine. It is in ` +
        `${printableLine(key.passphrase.origin)}\n`,
    );
  }
  return ExitCode.ok;
}
