/** A Borg repository as Borg needs to know it. @module */
import type { Secret } from "../text/secret.ts";

/** How the key of a repository is opened. */
export type RepositoryKey =
  /** The repository is not encrypted. */
  | { readonly kind: "none" }
  /** A passphrase that is known now. */
  | { readonly kind: "passphrase"; readonly passphrase: Secret }
  /** A program that prints the passphrase; Borg itself runs it, without a shell. */
  | { readonly kind: "command"; readonly command: Secret };

/** Where a repository is and how Borg gets at it. */
export interface BorgRepository {
  /** The name that people gave it in the configuration. */
  readonly label: string;
  /** Absolute local path, `ssh://…` or `user@host:path`. */
  readonly url: string;
  /** The mode for `borg init`. */
  readonly encryption: string;
  /** How its key is opened. */
  readonly key: RepositoryKey;
  /** Absolute path of the private key for ssh. */
  readonly sshKey?: string | undefined;
  /** Options for ssh's `-o`, each as `Key=Value`. */
  readonly sshOptions: readonly string[];
  /** Borg's path on the server. */
  readonly remoteBorg?: string | undefined;
  /** How long Borg waits for its own lock, in milliseconds. */
  readonly lockWait: number;
  /** How long is waited before another attempt, in milliseconds; there is none when left out. */
  readonly retry?: { readonly waits: readonly number[] } | undefined;
  /** Bytes a second. */
  readonly uploadRateLimit?: number | undefined;
}

/** The path of a repository on this machine; `undefined` when it is on a server. */
export function localPath(url: string): string | undefined {
  if (url.startsWith("file://")) return url.slice("file://".length);
  return url.startsWith("/") ? url : undefined;
}
