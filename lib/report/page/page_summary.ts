/** What a page begins with: how the backups are now. Pure. @module */
import { localTime } from "../../text/local_time.ts";
import { element, type Markup } from "../../text/markup.ts";
import { humanSize } from "../../text/units.ts";
import { reportedCoverageText } from "../coverage_text.ts";
import { reportedSpaceText } from "../space.ts";
import { repositoryWord } from "../describe.ts";
import { checkText } from "../status/check_status.ts";
import { outsideText } from "../status/data_status.ts";
import { databaseCells, statedDatabases } from "../status/database_text.ts";
import { pinsText } from "../status/pin_status.ts";
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";
import {
  ago,
  backupAgo,
  headline,
  lastRun,
  running,
  stateWord,
  uncovered,
} from "../status/status_text.ts";
import { mergedProblems } from "../placed_problems.ts";
import type { ReportedProblem } from "../run_report.ts";

const PLAIN = { width: Infinity, colour: false } as const;

const CLASSES = {
  "fresh": "ok",
  "too-old": "failed",
  "never": "failed",
  "in-the-future": "failed",
  "absent": "refused",
  "vanished": "refused",
} as const;

/** Says how the backups are, as `autoborg status` does. */
export function pageSummary(status: StatusReport): Markup {
  const { state, lastRun: run } = status;
  const isGood = state === "fresh" && run?.state !== "failed" && run?.died !== true;
  const word = isGood ? "ok" : state === "fresh" ? "warning" : "failed";
  return element(
    "section",
    { class: `now edge-${word}` },
    element("h2", {}, headline(status, PLAIN)),
    ...[...running(status), lastRun(status, PLAIN), ...uncovered(status)].map((line) =>
      element("p", {}, line)
    ),
    ...problemsNow(status).map(problem),
    element("div", { class: "cards" }, ...status.repositories.map(card)),
    ...databases(status),
  );
}

/** A table of the databases, with the age of their last dumps in each repository. */
function databases({ repositories }: StatusReport): readonly Markup[] {
  const all = statedDatabases(repositories);
  if (all.length === 0) return [];
  const labels = repositories.filter((one) => one.databases.length > 0).map(({ label }) => label);
  const row = (tag: "th" | "td", cells: readonly string[], state?: string) =>
    element(
      "tr",
      {},
      ...cells.map((cell, at) =>
        element(tag, at === 1 && state !== undefined ? { class: state } : {}, cell)
      ),
    );
  return [
    element(
      "table",
      { class: "databases" },
      element("thead", {}, row("th", ["database", "state", "size", ...labels])),
      element(
        "tbody",
        {},
        ...all.map((one) => row("td", databaseCells(one, labels), CLASSES[one.worst.state])),
      ),
    ),
  ];
}

/** What was wrong in the last run, and what is wrong now. */
function problemsNow({ lastRun: run, repositories, problems }: StatusReport): ReportedProblem[] {
  const ofRun = run === null ? [] : [
    ...run.problems,
    ...mergedProblems(run.repositories).map(({ where, ...one }) => within(where, one)),
  ];
  const open = repositories.flatMap(({ label, alarms }) =>
    alarms.filter(({ accepted }) => !accepted).map((alarm) => within(label, alarm))
  );
  // An alarm of the last run is among its problems.
  const isNew = ({ message }: ReportedProblem) =>
    !ofRun.some((known) => message.endsWith(known.message) || known.message.endsWith(message));
  return [...ofRun, ...[...open, ...problems].filter(isNew)];
}

function within(place: string, { severity, message, hint }: ReportedProblem): ReportedProblem {
  return { severity, message: `${place}: ${message}`, hint };
}

function problem({ severity, message, hint }: ReportedProblem): Markup {
  const advice = hint === null ? [] : [element("br", {}), `hint: ${hint}`];
  const word = element("b", { class: severity === "error" ? "failed" : "warning" }, severity);
  return element("p", { class: "problem" }, word, `: ${message}`, ...advice);
}

/** Whether a copy of the key is kept, and when it was last found to be right. */
function keyFacts({ key }: RepositoryStatus): readonly (readonly [string, string])[] {
  if (key === null) return [];
  const { exportedAt, checkedAt, remark } = key;
  const exported = exportedAt === null ? "" : `exported ${localTime(exportedAt)}`;
  const checked = checkedAt === null ? "" : `, copy checked ${localTime(checkedAt)}`;
  return [["key", remark ?? `${exported}${checked}`]];
}

function card(repository: RepositoryStatus): Markup {
  const { label, state, lastBackup, lastRun, lastCheck, lastVerify, verified } = repository;
  const checks = checkText(repository.checks);
  const space = reportedSpaceText(repository.space);
  const outside = outsideText(repository);
  const pinned = pinsText(repository.pins);
  const size = lastBackup?.archive?.repositoryBytes;
  const facts: readonly (readonly [string, string])[] = [
    ["last good backup", backupAgo(lastBackup)],
    ...(lastBackup === null ? [] : [["from", localTime(lastBackup.startedAt)] as const]),
    ["last run", lastRun === null ? "never" : repositoryWord(lastRun)],
    ["last check", ago(lastCheck)],
    ...(checks === undefined ? [] : [["checks", checks] as const]),
    ["last verify", ago(lastVerify)],
    ...(verified === null ? [] : [["verified", reportedCoverageText(verified)] as const]),
    ...keyFacts(repository),
    ...(pinned === undefined ? [] : [["pinned", pinned] as const]),
    ...(size === undefined ? [] : [["size", humanSize(size)] as const]),
    ...(space === undefined ? [] : [["space", space] as const]),
    ...(outside === undefined ? [] : [["retention", outside] as const]),
  ];
  const word = stateWord(repository);
  const colour = word === "damaged" ? "failed" : CLASSES[state];
  return element(
    "div",
    { class: `card edge-${colour}` },
    element("h3", {}, label, " ", element("b", { class: colour }, word)),
    element(
      "dl",
      {},
      ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  );
}
