/** Why an archive may not be what a person expects, as ends of sentences. Pure. @module */
import type { Damage } from "../state/check_coverage.ts";
import type { RecordedRun, StepRow } from "../state/history.ts";
import { isRecord, parseList } from "../text/json.ts";
import { localTime } from "../text/local_time.ts";

/** What a check found, as the end of a sentence. */
export function damageReason({ message, foundAt }: Damage): string {
  const when = foundAt === null ? "" : ` on ${localTime(foundAt)}`;
  return `a check found damage${when}: ${message}`;
}

/** Why the archive of a run may be incomplete or damaged in a repository. */
export function reasonsOf(
  { run, repositories }: RecordedRun,
  name: string,
  label: string,
): string[] {
  const own = repositories.find(({ repository }) => repository.label === label);
  const steps = own?.steps ?? [];
  const stepCalled = (called: string) => steps.find(({ step }) => step === called);
  const create = stepCalled("create");
  const reasons: string[] = [];
  if (create?.archive !== name || create.state === "failed") {
    reasons.push(
      run.interruptedBy === null
        ? "the run that made it did not report that it is complete"
        : `the run that made it was interrupted by ${run.interruptedBy}`,
    );
  }
  if (own?.repository.incomplete ?? run.sourcesMissing) {
    reasons.push(["a source is missing", ...messagesIn(run.problems, "error")].join(": "));
  } else if (create?.suspicious === true) reasons.push(alarmText(stepCalled("inspect")));
  if (stepCalled("verify")?.state === "failed") {
    reasons.push("files in it differ from what was backed up");
  }
  return reasons;
}

function alarmText(inspect: StepRow | undefined): string {
  if (inspect === undefined || inspect.state === "skipped") return "it was never inspected";
  const said = messagesIn(inspect?.problems ?? "[]").join("; ");
  return said === "" ? "it raised an alarm" : said;
}

/** Which optional sources it lacks there. */
export function absencesOf(recorded: RecordedRun, label: string): readonly string[] {
  const own = recorded.repositories.find(({ repository }) => repository.label === label);
  const absent = itemsOf(own?.repository.absentSources ?? recorded.run.absentSources ?? "[]");
  return absent.flatMap(({ path }) =>
    typeof path === "string" ? [`the optional source ${JSON.stringify(path)} was absent`] : []
  );
}

/** The messages of problems that were recorded as JSON. */
function messagesIn(problems: string, severity?: string): readonly string[] {
  return itemsOf(problems).flatMap((one) => {
    const isMeant = severity === undefined || one.severity === severity;
    return isMeant && typeof one.message === "string" ? [one.message] : [];
  });
}

/** The objects of a list that was recorded as JSON; none when it is damaged. */
function itemsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return parseList(text).filter(isRecord);
}
