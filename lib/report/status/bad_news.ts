/** What the headline of the status says besides how old the backups are. Pure. @module */
import type { RunReport } from "../run_report.ts";
import type { StatusReport } from "./backup_status.ts";

/** Damage that is known, and that the last run failed, each as a clause of its own. */
export function badNews(status: StatusReport): readonly string[] {
  return [...damaged(status), ...badEnd(status.lastRun)];
}

/** How the last run ended, when that was bad, such as "the last run failed (disk: check)". */
function badEnd(run: RunReport | null): readonly string[] {
  if (run === null) return [];
  if (run.died) return ["the last run ended without a report"];
  if (run.state !== "failed") return [];
  const where = run.repositories.flatMap(({ label, steps }) => {
    const failed = steps.filter(({ state }) => state === "failed").map(({ step }) => step);
    return failed.length === 0 ? [] : [`${label}: ${failed.join(", ")}`];
  });
  return [`the last run failed${where.length === 0 ? "" : ` (${where.join("; ")})`}`];
}

/** The repositories in which a check found damage that is not known to be gone. */
function damaged({ repositories }: StatusReport): readonly string[] {
  const labels = repositories.filter(({ checks: { damage } }) => damage.length > 0)
    .map(({ label }) => label);
  return labels.length === 0 ? [] : [`a check found damage in ${labels.join(", ")}`];
}
