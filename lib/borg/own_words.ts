/**
 * Tells what Borg, Python and ssh say in their own words from the names in it: a file may be called
 * "No space left on device".
 *
 * @module
 */

/** What keeps a program from writing. */
type SystemFault = "no-space" | "read-only" | "denied";

/** By Linux's numbers (ENOSPC, EDQUOT, EROFS, EACCES) and words; what comes first counts. */
const FAULTS: readonly {
  readonly fault: SystemFault;
  readonly numbers: readonly number[];
  readonly words: RegExp;
}[] = [
  { fault: "no-space", numbers: [28], words: /No space left on device/ },
  { fault: "read-only", numbers: [30], words: /Read-only file system/ },
  { fault: "denied", numbers: [13], words: /Permission denied/ },
];

/**
 * Finds in an error what keeps a program from writing.
 *
 * @param names paths that may stand in it as they are
 */
export function systemFault(text: string, names: readonly string[]): SystemFault | undefined {
  const lines = text.split("\n").map((line) => withoutNames(line, names));
  // The last one of a line: a path before it may look like one.
  const numbers = lines.flatMap((line) => line.match(/\[Errno \d+\]/g)?.at(-1)?.slice(7, -1) ?? [])
    .map(Number);
  return FAULTS.find((one) =>
    numbers.length > 0
      ? one.numbers.some((number) => numbers.includes(number))
      : lines.some((line) => one.words.test(line))
  )?.fault;
}

/**
 * Takes the names out of a line.
 *
 * @param names names that may stand in it as they are
 */
export function withoutNames(line: string, names: readonly string[] = []): string {
  let rest = line;
  for (const name of names) if (name !== "" && name !== "/") rest = rest.replaceAll(name, "…");
  // Python ends an error with the names in quotation marks, and one may hold the other mark.
  return rest.replace(/: (['"]).*\1/, ": …").replaceAll(/"[^"]*"|'[^']*'/g, "…");
}

/**
 * Whether a warning is about a single file that Borg read: it says nothing of why Borg failed.
 *
 * @param line such as `PATH: open: [Errno 13] Permission denied: 'NAME'`
 */
export function isAboutFile(line: string): boolean {
  if (/: file changed while we backed it up$/s.test(line)) return true;
  const [, path] =
    /^(?!Remote:)(.*?): (?:\w+: )?\[Errno \d+\] [^':]*(?:: (['"]).*\2)?$/s.exec(line) ?? [];
  // "PermissionError: [Errno 13] …" is the end of a traceback.
  return path !== undefined && !/^(?:borg|\w*(?:Error|Exception))$/.test(path);
}
