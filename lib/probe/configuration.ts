/**
 * What the configuration itself gives reason to say.
 *
 * @module
 */
import type { ProbeContext } from "./probe_context.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";

/** Repeats the warnings of the configuration, which is valid by now. */
export function configurationFindings(
  context: Pick<ProbeContext, "path" | "warnings">,
): readonly Finding[] {
  const about = subject("configuration");
  return [
    ok(about, `"${context.path}" is valid`),
    ...context.warnings.map((message) => warning(about, message)),
  ];
}
