/** How much space a repository had left, and whether it will be full soon. Pure. @module */
import type { History } from "../../state/history.ts";
import { fullSoonText, isFullSoon } from "../../state/repository_space.ts";
import { ownCommand } from "../../text/own_command.ts";
import { isoTime, type ReportedProblem } from "../run_report.ts";
import { type SpaceReport, spaceReport } from "../space.ts";

/** What a run found out about the space of a repository. */
export interface SpaceStatus extends SpaceReport {
  readonly runStartedAt: string;
}

/** What was found out last. */
export function spaceStatus(last: ReturnType<History["lastSpace"]>): SpaceStatus | null {
  const report = spaceReport(last?.text);
  if (last === undefined || report === null) return null;
  return { runStartedAt: isoTime(last.startedAt), ...report };
}

/** Known in advance, it is a warning instead of a night that fails. */
export function spaceProblem(
  { label, space }: { readonly label: string; readonly space: SpaceStatus | null },
): readonly ReportedProblem[] {
  const { fullInWeeks: fullIn, growthBytesPerWeek: growth, roomBytes: room } = space ?? {};
  if (typeof fullIn !== "number" || !isFullSoon({ fullIn })) return [];
  return [{
    severity: "warning",
    message: fullSoonText(label, { fullIn, growth: growth ?? 0, room: room ?? 0 }),
    hint: `More space is needed; what would be pruned: ${
      ownCommand("list", "--retention", "--repo", label)
    }`,
  }];
}
