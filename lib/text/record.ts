/** Values of JSON that nobody has looked into. Pure. @module */

/** Whether a value has fields; those of a list have numbers for names. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
