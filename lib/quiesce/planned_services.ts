/**
 * Says which services a run would stop, without stopping any.
 *
 * @module
 */
import { hintOf, reasonOf } from "../errors.ts";
import { type Problem, warning } from "../problem.ts";
import { chooseServices } from "./choose_services.ts";
import {
  findSurroundings,
  look,
  lookCommand,
  type ServiceTools,
  startCommands,
  stopCommand,
} from "./service_commands.ts";
import { type QuiesceRequest, servicesOf } from "./managed_services.ts";
import { describeService } from "../state/journal_services.ts";

/** One line of a plan. */
type PlannedLine =
  | { readonly kind: "command"; readonly command: readonly string[] }
  | { readonly kind: "remark"; readonly text: string };

/** What would be done around the snapshots. */
interface PlannedServices {
  /** Right before them. */
  readonly stop: readonly PlannedLine[];
  /** Right after them. */
  readonly start: readonly PlannedLine[];
  readonly problems: readonly Problem[];
}

/** Looks at the services and says what would be done to them. */
export async function planServices(
  request: QuiesceRequest,
  tools: Omit<ServiceTools, "emit">,
): Promise<PlannedServices> {
  const named = servicesOf(request);
  if (named.length === 0) return { stop: [], start: [], problems: [] };
  const stop: PlannedLine[] = [];
  try {
    const surroundings = tools.surroundings ?? await findSurroundings();
    const { running, resting, refused } = await chooseServices(named, (services) => {
      for (const of of Map.groupBy(services, ({ manager }) => manager).values()) {
        const [first, ...others] = of;
        if (first === undefined) continue;
        stop.push({ kind: "command", command: lookCommand([first, ...others], surroundings) });
      }
      return look({ ...tools, emit: () => {} }, services, surroundings);
    });
    for (const service of resting) {
      stop.push({ kind: "remark", text: `${describeService(service)} does not run` });
    }
    for (const service of running) {
      stop.push({ kind: "command", command: stopCommand(service, surroundings) });
    }
    const start = startCommands(running.toReversed(), surroundings).map(({ command }) => {
      return { kind: "command", command } as const;
    });
    return { stop, start, problems: refused.map(({ problem }) => severe(problem, request)) };
  } catch (error) {
    const { hint = "A run would try it as well" } = hintOf(error);
    const problem = warning(`No service would be stopped: ${reasonOf(error)}`, hint);
    return { stop, start: [], problems: [severe(problem, request)] };
  }
}

function severe(problem: Problem, { required }: QuiesceRequest): Problem {
  return required ? { ...problem, severity: "error" } : problem;
}
