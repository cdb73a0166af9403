/**
 * Finds the repositories that open by hand and stay closed to the service, which has no SSH agent.
 *
 * @module
 */
import { parseRepositoryUrl } from "../config/repository_url.ts";

/** What the configuration says of a repository and of how ssh gets into it. */
export interface SshSettings {
  readonly label: string;
  readonly url: string;
  readonly ssh_key?: string | undefined;
  readonly ssh_options: readonly string[];
}

/**
 * Lists the repositories on servers for which the configuration names no key. Whether ssh finds one
 * by itself that the server takes is not known here.
 *
 * @param repositories all of the configuration
 * @returns their labels
 */
export function withoutOwnKey(repositories: readonly SshSettings[]): readonly string[] {
  return repositories
    .filter(({ url, ssh_key, ssh_options }) =>
      parseRepositoryUrl(url).kind === "ssh" && ssh_key === undefined &&
      !ssh_options.some((option) => /^Identity(?:File|Agent)=/i.test(option))
    )
    .map(({ label }) => label);
}
