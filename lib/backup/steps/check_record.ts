/** What the parts of the step `check` share: what they know, and what they have found. @module */
import type { ArchiveCheck, RepositoryChecks } from "../../state/check_ledger.ts";
import type { CheckPlan, KnownChecks } from "../check_plan.ts";
import type { Problem } from "../outcome.ts";
import type { TimeBudget } from "../time_budget.ts";

/** What the step works with, besides the run and the repository. */
export interface CheckRequest {
  readonly memory: KnownChecks;
  /** What is left of `check.max_duration`; a second attempt goes on with what the first one left. */
  readonly budget: TimeBudget;
  /** Size of the whole repository in bytes, as far as it is known. */
  readonly size: number | undefined;
}

/** What has been checked and found so far. Everything is written down at once. */
export class CheckRecord {
  readonly request: CheckRequest;
  /** What is due. */
  readonly plan: CheckPlan;
  readonly problems: Problem[] = [];
  /** Milliseconds. */
  duration = 0;
  archivesRead = 0;
  allData = false;
  percent: number | undefined;
  #checks: RepositoryChecks;

  constructor(request: CheckRequest, plan: CheckPlan) {
    this.request = request;
    this.plan = plan;
    this.#checks = plan.checks;
  }

  /** What is known of the repository. */
  get checks(): RepositoryChecks {
    return this.#checks;
  }

  /** Notes what is known of the repository from now on. */
  note(change: Partial<RepositoryChecks>): void {
    this.#checks = { ...this.#checks, ...change };
    this.request.memory.noteChecks(this.#checks);
  }

  /** Notes that the whole repository was checked, and nothing found. */
  noteComplete(change: Pick<RepositoryChecks, "completedAt"> & Partial<RepositoryChecks>): void {
    this.percent = 100;
    this.note({ due: null, damage: null, damagedAt: null, cycle: null, ...change });
  }

  /** Notes what is known of an archive from now on. */
  noteArchive(archive: ArchiveCheck): void {
    this.request.memory.noteArchives([archive]);
  }

  /** Notes what a Borg took. */
  spend(duration: number): void {
    this.duration += duration;
    this.request.budget.spend(duration);
  }
}
