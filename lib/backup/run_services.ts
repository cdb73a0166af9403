/** The services that a run stops for its snapshots, and those that an earlier one has left stopped. @module */
import { type Problem, warning } from "../problem.ts";
import { QuietServices } from "../quiesce/quiet_services.ts";
import { recoverServices } from "../quiesce/recover_services.ts";
import type { StagingSystem } from "../staging/system.ts";
import type { Clocks } from "./run_clock.ts";
import type { StagingContext } from "./staging_request.ts";

/** What services are stopped with. */
interface ServiceContext extends Omit<StagingContext, "system"> {
  readonly system: Pick<StagingSystem, "journals">;
  readonly clocks: Pick<Clocks, "monotonic">;
}

/** The services that are stopped for the snapshots of this run, if there are any. */
export function quietServices(
  { plan: { quiesce }, inherited, start, emit, clocks: { monotonic } }: ServiceContext,
): QuietServices | undefined {
  if (quiesce === undefined) return undefined;
  return new QuietServices(quiesce, { start, emit, monotonic, path: inherited.PATH ?? "" });
}

/** A run that was killed may have left services stopped; that they were is no small thing. */
export async function startLeftServices(context: ServiceContext): Promise<readonly Problem[]> {
  const { plan: { name, hostname }, inherited, start, emit, system: { journals } } = context;
  const path = inherited.PATH ?? "";
  const recovery = { name, hostname, journals, start, emit, path };
  const { started, problems } = await recoverServices(recovery);
  const hint = "The log of this run says when it was";
  return [...started.map((message) => warning(message, hint)), ...problems];
}
