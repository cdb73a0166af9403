/**
 * Looks whether the hooks may be run.
 *
 * @module
 */
import { findHook, type HookContext, type HookName } from "../backup/hooks.ts";
import { failedBy, type Finding, ok, subject } from "./finding.ts";

const HOOKS: readonly HookName[] = ["before-snapshot", "after-snapshot", "finished"];

/** Looks at owner and mode of the hooks that are there, as a run does; none is started. */
export async function probeHooks(
  where: Pick<HookContext, "directory" | "owner"> = {},
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const hook of HOOKS) {
    const about = subject("hook", hook);
    try {
      const file = await findHook(where, hook);
      if (file !== undefined) findings.push(ok(about, `"${file}" would be run`));
    } catch (error) {
      findings.push(failedBy(about, error));
    }
  }
  return findings;
}
