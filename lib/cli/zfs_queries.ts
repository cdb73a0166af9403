import { startWith, zfsRunner } from "../staging/zfs_runner.ts";
import type { RunZfsCommand } from "../zfs/command.ts";
import { type CliContext, searchPath } from "./context.ts";

/** Starts commands of ZFS and of mounting that only look, for a verb without reporters. */
export function zfsQueries({ variable, start }: CliContext, timeLimit?: number): RunZfsCommand {
  return zfsRunner({
    scope: {},
    emit: () => {},
    environment: searchPath(variable),
    signal: undefined,
    timeLimit,
    start: startWith(start),
  });
}
