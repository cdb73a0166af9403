/** Borg's command lines that bring files back. @module */
import { commonArguments } from "./commands.ts";
import { type Include, includeArgument } from "./entries.ts";
import { PATTERNS_FROM_INPUT } from "./patterns.ts";
import type { BorgRepository } from "./repository.ts";

interface ExtractRequest {
  readonly archive: string;
  /** What; everything when empty. */
  readonly includes: readonly Include[];
  /** Whether patterns come on standard input, which stand before the includes. */
  readonly patterns: boolean;
  /** Owners by their numbers instead of by their names. */
  readonly numericIds: boolean;
}

/**
 * The command line that extracts into Borg's working directory. Blocks of zeros become holes: a
 * sparse file is sparse again, and the content is the same.
 */
export function extractArguments(repository: BorgRepository, request: ExtractRequest): string[] {
  return [
    "extract",
    ...commonArguments(repository),
    "--sparse",
    ...(request.numericIds ? ["--numeric-ids"] : []),
    ...(request.patterns ? [PATTERNS_FROM_INPUT] : []),
    "--",
    `${repository.url}::${request.archive}`,
    ...request.includes.map(includeArgument),
  ];
}

/** The command line that writes the content of all files of an archive to standard output. */
export function extractToOutputArguments(repository: BorgRepository, archive: string): string[] {
  const common = commonArguments(repository);
  return ["extract", ...common, "--stdout", "--", `${repository.url}::${archive}`];
}

/**
 * The command line that reads everything in an archive and writes nothing: each chunk is fetched,
 * decrypted and compared with its id.
 */
export function readAllArguments(repository: BorgRepository, archive: string): string[] {
  const common = commonArguments(repository);
  return ["extract", ...common, "--dry-run", "--", `${repository.url}::${archive}`];
}

/** The command line that shows an archive, or all of them, as directories. */
export function mountArguments(
  repository: BorgRepository,
  directory: string,
  archive?: string,
): string[] {
  const what = archive === undefined ? repository.url : `${repository.url}::${archive}`;
  return ["mount", ...commonArguments(repository), "--", what, directory];
}
