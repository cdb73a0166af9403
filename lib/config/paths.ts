/** Paths as they stand in the configuration, made absolute. @module */
import { join, normalize } from "node:path";

/** What paths in the file are relative to. */
export interface Surroundings {
  /** The directory of the configuration file, absolute. */
  readonly directory: string;
  /** Where systemd has put the service's credentials. */
  readonly credentialsDirectory?: string;
}

/** Where the history is when the configuration does not say it. */
export const DEFAULT_STATE_DIR = "/var/lib/autoborg";

/** What a path to a credential begins with. */
export const CREDENTIALS = "$CREDENTIALS_DIRECTORY/";

/** Makes a path absolute, without `.`, `..` and a slash at the end. */
export function absolute(path: string, surroundings: Surroundings): string {
  const whole = normalize(path.startsWith("/") ? path : join(surroundings.directory, path));
  return whole.length > 1 && whole.endsWith("/") ? whole.slice(0, -1) : whole;
}

/**
 * Makes the path of a secret's file absolute, which may begin with `$CREDENTIALS_DIRECTORY/`;
 * `undefined` when it does and there is no such directory.
 */
export function secretPath(path: string, surroundings: Surroundings): string | undefined {
  if (!path.startsWith(CREDENTIALS)) return absolute(path, surroundings);
  const directory = surroundings.credentialsDirectory;
  return directory === undefined ? undefined : join(directory, path.slice(CREDENTIALS.length));
}

/** The name of the credential that a path means, if it begins with `$CREDENTIALS_DIRECTORY/`. */
export function credentialIn(path: string): string | undefined {
  return path.startsWith(CREDENTIALS) ? path.slice(CREDENTIALS.length) : undefined;
}
