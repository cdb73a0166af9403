/**
 * The time limit for Borg's start. A server may accept connections and never answer, a local
 * file system may hang: neither ever ends by itself.
 *
 * @module
 */
import { startDeadline } from "../async/deadline.ts";
import { borgCommand } from "../text/own_command.ts";
import { humanLimit } from "../text/units.ts";
import { type BorgFailure, other } from "./failure_kinds.ts";
import { passphraseCommandTooSlow } from "./passphrase_command.ts";
import { type BorgRepository, localPath } from "./repository.ts";

/** How long Borg may take to begin, in milliseconds. What follows has no limit: data may flow for days. */
export interface BorgLimits {
  /** From its start until it has opened the repository, besides the wait for locks. */
  readonly firstAnswer: number;
  /** How long the `passphrase_command` may take. */
  readonly passphraseCommand: number;
}

/** How long Borg may take to begin. A large index on a slow disk takes a minute or two to be read. */
export const BORG_LIMITS: BorgLimits = {
  firstAnswer: 5 * 60_000,
  passphraseCommand: 60_000,
};

/** Watches Borg until it has opened the repository, and has it stopped when that takes too long. */
export class StartupDeadline implements Disposable {
  readonly #repository: BorgRepository;
  readonly #limits: BorgLimits;
  readonly #late = new AbortController();
  readonly #deadline: Disposable;
  #failure: BorgFailure | undefined;
  #over = false;

  /** @param limits how long it may take, from now on */
  constructor(repository: BorgRepository, limits: BorgLimits) {
    this.#repository = repository;
    this.#limits = limits;
    const passphrase = repository.key.kind === "command" ? limits.passphraseCommand : 0;
    const limit = limits.firstAnswer + repository.lockWait + passphrase;
    const failure = noAnswer(repository, limit);
    this.#deadline = startDeadline(limit, () => this.#fail(failure));
  }

  /** Aborts when it takes too long. */
  get signal(): AbortSignal {
    return this.#late.signal;
  }

  /** Why Borg was stopped; `undefined` when it was not. */
  get failure(): BorgFailure | undefined {
    return this.#failure;
  }

  /** The time of the passphrase command is over: what it has started may keep Borg waiting. */
  commandIsLate(): void {
    this.#fail(passphraseCommandTooSlow(this.#repository, this.#limits.passphraseCommand));
  }

  /** Whether Borg has answered. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Borg has answered. */
  end(): void {
    this.#over = true;
    this.#deadline[Symbol.dispose]();
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#deadline[Symbol.dispose]();
  }

  #fail(failure: BorgFailure): void {
    this.#failure ??= failure;
    this.#late.abort();
  }
}

function noAnswer(repository: BorgRepository, limit: number): BorgFailure {
  const { label, url, lockWait } = repository;
  const wait = lockWait === 0 ? "" : `, ${humanLimit(lockWait)} of them for lock_wait`;
  const waited = `gave up after waiting ${humanLimit(limit)}${wait}`;
  const look = borgCommand(label, "info");
  if (localPath(url) !== undefined) {
    return other(
      `Borg did not open the repository "${url}": ${waited}`,
      `Check whether the file system of "${url}" or its disk hangs, then try: ${look}`,
    );
  }
  return {
    kind: "connection-lost",
    message: `the server was reached, but Borg on it did not answer: ${waited}`,
    hint:
      `Find out what hangs on the server: its disk, or the "borg serve" there; then try: ${look}`,
  };
}
