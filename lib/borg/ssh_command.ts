/** How a person reaches the server of a repository, for hints. Pure. @module */
import { commandLine } from "../text/printable.ts";
import type { BorgRepository } from "./repository.ts";

interface Server {
  /** With the user before it, if there is one. */
  readonly target: string;
  /** The name or address alone. */
  readonly host: string;
  readonly port: string | undefined;
}

/** The server of a repository; `undefined` when it is on this machine. */
export function serverOf({ url }: Pick<BorgRepository, "url">): Server | undefined {
  const [, user = "", name = "", port] =
    /^ssh:\/\/([^@/]*@)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?(?:\/|$)/.exec(url) ??
      (url.startsWith("/") || url.includes("://") ? null : /^([^@/:]*@)?([^:/]+):/.exec(url)) ?? [];
  if (name === "") return undefined;
  const host = name.replace(/^\[|\]$/g, "");
  return { target: `${user}${host}`, host, port };
}

/**
 * Writes a command that only root can run on the server of a repository: whoever Borg logs in as is
 * who a person logs in as, too.
 */
export function commandOnServer({ url }: Pick<BorgRepository, "url">, ...words: string[]): string {
  const target = serverOf({ url })?.target ?? "";
  // Without a user in the url it is the one who runs autoborg.
  const isRoot = target.includes("@") ? target.startsWith("root@") : Deno.uid() === 0;
  return commandLine([...isRoot ? [] : ["sudo"], ...words]);
}

/**
 * The command that connects as Borg does, with the same key and the same options, but may ask.
 *
 * @param command what to run there; a login when left out
 * @returns one line to paste, such as `ssh -p 2222 borg@backup.example`
 */
export function sshCommand(repository: BorgRepository, command?: string): string {
  const server = serverOf(repository);
  if (server === undefined) return "ssh";
  const { sshOptions, sshKey } = repository;
  return commandLine([
    "ssh",
    ...sshOptions.flatMap((option) => ["-o", option]),
    ...(sshKey === undefined ? [] : ["-i", sshKey]),
    ...(server.port === undefined ? [] : ["-p", server.port]),
    server.target,
    ...(command === undefined ? [] : [command]),
  ]);
}
