/** Texts of the configuration that a function judges, in whole statements. @module */
import * as z from "zod";
import { text } from "./values.ts";

/**
 * A text that a function must be able to read; its error says what is wrong in a whole statement.
 *
 * @param wanted what is wanted when it is not a string at all
 * @param read throws a RangeError with the statement
 */
export function readable(wanted: string, read: (text: string) => unknown): z.ZodString {
  return z.string({ error: wanted }).superRefine(statement(read));
}

/** The same for a text that also has a form, which an editor can check. */
export function readableText(
  wanted: string,
  form: RegExp,
  read: (text: string) => unknown,
): z.ZodString {
  return text(wanted, form).superRefine(statement(read));
}

/** Refuses a text with the statement of the RangeError that a function throws for it. */
export function statement(read: (text: string) => unknown) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: "custom", message: error.message, params: { statement: true } });
    }
  };
}
