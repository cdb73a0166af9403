/**
 * Finds the repositories that open by hand and stay closed to the service, which has no SSH agent.
 *
 * @module
 */
import type { Repository } from "../config/config_schema.ts";
import { parseRepositoryUrl } from "../config/repository_url.ts";

/** What the configuration says of a repository and of how ssh gets into it. */
export type SshSettings = Pick<Repository, "label" | "url" | "sshKey" | "sshOptions">;

/**
 * Lists the repositories on servers for which the configuration names no key. Whether ssh finds one
 * by itself that the server takes is not known here.
 */
export function withoutOwnKey(repositories: readonly SshSettings[]): readonly string[] {
  return repositories
    .filter(({ url, sshKey, sshOptions }) =>
      parseRepositoryUrl(url).kind === "ssh" && sshKey === undefined &&
      !sshOptions.some((option) => /^Identity(?:File|Agent)=/i.test(option))
    )
    .map(({ label }) => label);
}
