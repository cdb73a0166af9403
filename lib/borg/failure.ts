/**
 * Turns what Borg said when it failed into a sentence that says what happened and what to do.
 *
 * @module
 */
import { authenticationFailure } from "./authentication_failure.ts";
import { connectionClosed, isBrokenPipe } from "./connection_failure.ts";
import { damageFailure } from "./damage_failure.ts";
import { ownDirectoryFailure } from "./own_directories_failure.ts";
import { type BorgFailure, type BorgWords, other } from "./failure_kinds.ts";
import { endedBy, knownFailure } from "./known_failures.ts";
import { missingRepository } from "./missing_repository.ts";
import { isAboutFile } from "./quoted_names.ts";
import { type BorgRepository, localPath } from "./repository.ts";
import { installCommand } from "../text/install_command.ts";
import { paragraph, withoutStop } from "./paragraph.ts";
import { startFailure } from "./start_failure.ts";
import { systemFailure } from "./system_failure.ts";
import { unknownWords } from "./unknown_failure.ts";

/** Explains why Borg failed. */
export function explainFailure(repository: BorgRepository, words: BorgWords): BorgFailure {
  const failure = judge(repository, words);
  return { ...failure, message: withoutStop(failure.message) };
}

function judge(repository: BorgRepository, words: BorgWords): BorgFailure {
  const texts = words.errors.map(({ text }) => text);
  // Before everything else: to Borg these are "integrity errors", as after a broken disk.
  const unauthenticated = authenticationFailure(repository, texts);
  if (unauthenticated !== undefined) return unauthenticated;
  for (const { msgid = "", text } of words.errors) {
    const explain = knownFailure(msgid);
    if (explain !== undefined) return explain(repository, firstSentence(text), words);
  }
  const everything = [...words.last, ...texts].join("\n");
  if (/no FUSE support/.test(everything)) return noFuse();
  if (/fuse: device not found/.test(everything)) {
    return other(
      "FUSE is not available on this machine",
      "Load it: modprobe fuse; a container needs the device /dev/fuse. Restoring does not need it",
    );
  }
  const ofPattern = patternFailure(words);
  if (ofPattern !== undefined) return ofPattern;
  // What an automount answers when its disk is not plugged in; Borg ends with a traceback then.
  if (isNoDevice(repository, everything)) return missingRepository(repository);
  if (isBrokenPipe(everything)) return connectionClosed(repository, words);
  const said = paragraph(everything);
  const early = startFailure(repository, texts.join("\n") || everything, said) ??
    ownDirectoryFailure(repository, everything, said, words.inherited);
  if (early !== undefined) return early;
  const notAboutFiles = words.last.filter((line) => !isAboutFile(line));
  const found =
    systemFailure(repository, [...notAboutFiles, ...texts].join("\n"), words.inherited) ??
      damageFailure(repository, everything, said);
  if (found !== undefined) return found;
  if (texts.some((text) => /^(?:Error: )?Got Ctrl-C \/ SIGINT/.test(text))) {
    return endedBy("SIGINT");
  }
  const text = unknownWords(words);
  return other(text === "" ? "Borg gave no reason" : text);
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
      "Python regular expression",
  );
}

function isNoDevice(repository: BorgRepository, text: string): boolean {
  const path = localPath(repository.url);
  return path !== undefined && text.includes(`OSError: [Errno 19] No such device: '${path}'`);
}

function noFuse(): BorgFailure {
  return other(
    "Borg is installed without FUSE support",
    `Install it: "${installCommand("python3-pyfuse3")}". Restoring does not need it`,
  );
}

/** A server's Borg says of its own traceback what the exception is called, and begins with it. */
function firstSentence(text: string): string {
  const said = text.startsWith("Traceback ")
    ? paragraph(text).replace(/^(?:\w+\.)+\w+: /, "")
    : text.trim().split("\n", 1)[0] ?? "";
  return withoutStop(said);
}
