/** The error of a configuration that can't be used. @module */
import { AppError, type AppErrorOptions, ExitCode } from "../errors.ts";

/** Something that is wrong at a place in the file. */
export interface Finding {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The key's path, such as `repositories[0].url`; empty when it is about the whole file. */
  readonly key: string;
  /** The same for people, such as `url of [[repositories]] "disk"`; the key when left out. */
  readonly place?: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
}

/** A configuration that can't be used; exit code 78. Its message tells everything at once. */
export class ConfigError extends AppError {
  /** What is wrong, in the order of the file; empty when the file could not be read at all. */
  readonly findings: readonly Finding[];

  constructor(
    message: string,
    findings: readonly Finding[] = [],
    options: Omit<AppErrorOptions, "exitCode"> = {},
  ) {
    super(message, { ...options, exitCode: ExitCode.config });
    this.name = "ConfigError";
    this.findings = findings;
  }

  /**
   * Makes the error of an invalid file: a line `file:line:column: place: message` for each finding,
   * but for at most `most` of them.
   */
  static of(
    file: string,
    findings: readonly Finding[],
    options: Omit<AppErrorOptions, "exitCode"> = {},
    most: number = Infinity,
  ): ConfigError {
    const all = findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const sorted = all.slice(0, most);
    const lines = sorted.map(({ line, column, key, place = key, message }) =>
      `${file}:${line}:${column}: ${place === "" ? "" : `${place}: `}${message}`
    );
    if (sorted.length < all.length) lines.push(`${file}: and more mistakes, which are not shown`);
    return new ConfigError(lines.join("\n"), sorted, options);
  }
}
