/**
 * Tells what Borg, Python and ssh say in their own words from the names in it: a file may be called
 * "No space left on device".
 *
 * @module
 */

/** Removes what stands in quotation marks, and names that may stand in a line as they are. */
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
