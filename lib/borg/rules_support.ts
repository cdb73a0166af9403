/** Asks Borg whether it has the rules of a retention. @module */
import type { Access } from "./borg_queries.ts";
import { type NewRules, parseBorgVersion, unsupportedRules } from "./borg_version.ts";
import { environmentWithoutRepository } from "./environment.ts";

/**
 * Asks Borg for its version when only newer ones have the rules that are set.
 *
 * @returns why it can't keep archives by them, with the version found; `undefined` when it can
 * @throws {AppError} when Borg can't be started
 */
export async function whyRulesUnsupported(
  { start, inherited, signal }: Access,
  retention: NewRules,
): Promise<ReturnType<typeof unsupportedRules>> {
  if (!retention.keep13weekly && !retention.keep3monthly) return undefined;
  const env = environmentWithoutRepository(inherited);
  const { stdout } = await start({ program: "borg", args: ["--version"], env, signal });
  const version = parseBorgVersion(stdout);
  return version === undefined ? undefined : unsupportedRules(version, retention);
}
