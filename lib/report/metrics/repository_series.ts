/** Series of repositories. Pure. @module */
import type { RepositoryStatus, StatusReport } from "../status/backup_status.ts";
import type { Series } from "./exposition.ts";

/** Reads a figure of a repository; without one the repository has no series. */
type Figure = (repository: RepositoryStatus) => number | null | undefined;

/** Makes a series of a figure of each repository. */
export function eachRepository({ name, repositories }: StatusReport): (figure: Figure) => Series {
  return (figure) =>
    repositories.flatMap((one) => {
      const value = figure(one) ?? null;
      return value === null ? [] : [[{ name, repository: one.label }, value] as const];
    });
}
