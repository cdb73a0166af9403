/**
 * Turns what Borg said when it failed into a sentence that says what happened and what to do.
 *
 * @module
 */
import { authenticationFailure } from "./authentication_failure.ts";
import { connectionClosed, isBrokenPipe } from "./connection_failure.ts";
import { damageFailure } from "./damage_failure.ts";
import { type BorgFailure, type BorgWords, other } from "./failure_kinds.ts";
import { KNOWN_FAILURES, missingRepository } from "./known_failures.ts";
import { isAboutFile } from "./quoted_names.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { lastLine, systemFailure } from "./system_failure.ts";

/** Explains why Borg failed. */
export function explainFailure(repository: BorgRepository, words: BorgWords): BorgFailure {
  const texts = words.errors.map(({ text }) => text);
  // Before everything else: to Borg these are "integrity errors", as after a broken disk.
  const unauthenticated = authenticationFailure(repository, texts);
  if (unauthenticated !== undefined) return unauthenticated;
  for (const { msgid = "", text } of words.errors) {
    const explain = Object.hasOwn(KNOWN_FAILURES, msgid) ? KNOWN_FAILURES[msgid] : undefined;
    if (explain !== undefined) return explain(repository, firstLine(text), words);
  }
  const everything = [...words.last, ...texts].join("\n");
  if (/no FUSE support/.test(everything)) return noFuse();
  const ofPattern = patternFailure(words);
  if (ofPattern !== undefined) return ofPattern;
  // What an automount answers when its disk is not plugged in; Borg ends with a traceback then.
  if (isNoDevice(repository, everything)) return missingRepository(repository);
  if (isBrokenPipe(everything)) return connectionClosed(repository, words);
  const notAboutFiles = words.last.filter((line) => !isAboutFile(line));
  const found = systemFailure(repository, [...notAboutFiles, ...texts].join("\n")) ??
    damageFailure(repository, everything, lastLine(everything));
  if (found !== undefined) return found;
  const text = lastLine(texts.at(-1) ?? words.last.at(-1) ?? "");
  return other(text === "" ? "Borg did not say why" : text);
}

/**
 * What Python says about a regular expression. Borg reads those to exclude together with its options,
 * before it can log: those of other commands come as an error in its log.
 */
function patternFailure({ errors, last }: BorgWords): BorgFailure | undefined {
  if (errors.length > 0) return undefined;
  const said = /^(?:re\.error|re\.PatternError|sre_constants\.error): (.+)$/m;
  const reason = said.exec(last.join("\n"))?.[1];
  if (reason === undefined) return undefined;
  return other(
    `Borg can't read a pattern of sources.exclude: ${reason}`,
    'Correct the pattern in [sources] exclude that begins with "re:": what follows is a ' +
      "regular expression of Python's",
  );
}

function isNoDevice(repository: BorgRepository, text: string): boolean {
  const path = localPath(repository.url);
  return path !== undefined && text.includes(`OSError: [Errno 19] No such device: '${path}'`);
}

function noFuse(): BorgFailure {
  return other(
    "this Borg can't mount: it was installed without FUSE support",
    'Install "python3-pyfuse3" or "python3-llfuse"; the verb restore needs neither',
  );
}

function firstLine(text: string): string {
  return (text.trim().split("\n", 1)[0] ?? "").replace(/\.$/, "");
}
