/**
 * The kinds of values that keys of the configuration have.
 *
 * The error of each kind is what is wanted, as the end of a sentence that begins with "expected":
 * `problems.ts` puts what was found behind it.
 * @module
 */
import * as z from "zod";
import {
  DURATION_PATTERN,
  DURATION_WANTED,
  parseDuration,
  parseSize,
  SIZE_PATTERN,
  SIZE_WANTED,
} from "../text/units.ts";
import { CREDENTIALS } from "./paths.ts";
import { ESCAPES, variableIn } from "./written_out.ts";

// Otherwise zod writes a program for each table, which pays only when many files are read.
z.config({ jitless: true });

/**
 * A table with these keys and no others, all of them optional or with defaults.
 *
 * @param name as it stands between the brackets: `logs`, `[expect]` for one of several
 */
export function table<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const header = name === "" ? "a table" : `a table ([${name}])`;
  return z.strictObject(shape, { error: header }).meta({
    title: name === "" ? "autoborg" : name.replace(/^\[(.*)\]$/, "$1"),
  });
}

/** A string that has this form. */
export function text(wanted: string, form: RegExp): z.ZodString {
  return z.string({ error: wanted }).regex(form, { error: wanted });
}

/** Any string but an empty one. */
export function anyText(): z.ZodString {
  return withoutNul(
    z.string({ error: "a string" }).min(1, { error: "a string that is not empty" }),
  );
}

/** A string that is a secret; even its being empty is judged elsewhere. */
export function secretText(): z.ZodString {
  return secret(withoutNul(z.string({ error: "a string" })));
}

/** Marks a text as a secret, for editors and for the lines that an error shows. */
export function secret(schema: z.ZodString): z.ZodString {
  return schema.meta({ writeOnly: true });
}

/** A path, as it stands in the file. */
export function path(): z.ZodString {
  return withoutVariable(withoutControl(aPath()), (value) => value);
}

/** The path of a secret's file: it may begin with the directory of systemd's credentials. */
export function secretPath(): z.ZodString {
  return withoutVariable(
    withoutControl(aPath()),
    (value) => value.startsWith(CREDENTIALS) ? value.slice(CREDENTIALS.length) : value,
  );
}

function aPath(): z.ZodString {
  const error = "a path that is not empty";
  const home = (input: string) =>
    `an absolute path (a leading "~" is not expanded), such as ${
      JSON.stringify(input.replace(/^~(?=\/|$)/, "/root").replace(/^~/, "/home/"))
    }`;
  const contents = /^\s*(?:-----BEGIN |(?:ssh|ecdsa)-[\w-]+ AAAA)/;
  return z.string({ error }).refine((value) => !contents.test(value), {
    error: "the path of a file, not what is in it",
    abort: true,
  }).regex(/^[^~]/, {
    error: ({ input }) => typeof input === "string" && input.startsWith("~") ? home(input) : error,
  }).refine((value) => value.trim() === value, {
    error: "a path without a space at its beginning or end",
  });
}

/**
 * The path of a directory, or of a file that is written there: one without a leading slash is a slip
 * more often than a path relative to the file, which begins with "./" or "../".
 */
export function place(): z.ZodString {
  return absolute(path());
}

function absolute(schema: z.ZodString): z.ZodString {
  return schema.regex(/^(?:\/|~|\$|\.{1,2}(?:\/|$))/, {
    error: ({ input }) =>
      `an absolute path, such as ${
        JSON.stringify(`/${typeof input === "string" ? bareWord(input) : "etc"}`)
      }`,
  });
}

/** A relative path without the spaces, quotes and slashes that a person has put around it. */
function bareWord(text: string): string {
  return text.replace(/^[\s"'`/]+|[\s"'`]+$/g, "");
}

const KERNEL = "a directory with files: the kernel makes up what is in /proc and /sys";
/** The path of a directory to back up: others may have named it, so it may have any characters. */
export function sourcePlace(): z.ZodString {
  return absolute(withoutVariable(aPath(), (value) => value))
    .refine((value) => !/,\s*\//.test(value), 'one path in each string, such as ["/etc", "/home"]')
    .refine((value) => !/(?:^|\/)\*{1,2}(?:\/|$)/.test(value), {
      error: 'a directory, which is backed up with everything below it: "*" is not expanded',
    })
    .refine((value) => !/^\/+(?:proc|sys)(?:\/|$)/.test(value), KERNEL);
}

function withoutVariable(schema: z.ZodString, part: (value: string) => string): z.ZodString {
  return schema.refine((value) => variableIn(part(value)) === undefined, {
    error: "a path without variables ($NAME and ${NAME} are not expanded)",
  });
}

/** A backslash in double quotes makes a tab of `\t`, and nobody meant that. */
function withoutControl(schema: z.ZodString): z.ZodString {
  const error = `a path without control characters: ${ESCAPES}`;
  return schema.refine((value) => !/\p{Cc}/u.test(value), error);
}

/** Neither a file name nor an environment variable can hold one. */
function withoutNul(schema: z.ZodString): z.ZodString {
  return schema.refine((value) => !value.includes("\0"), "a string without a NUL character");
}

const DATASET =
  /^(?!\.{1,2}(?:\/|$))[^\s/@#%*][^/@#%*\p{Cc}]*(?:\/(?!\.{1,2}(?:\/|$))[^/@#%*\p{Cc}]+)*$/u;

/** The name of a ZFS dataset. */
export function datasetName(): z.ZodString {
  return text(
    'a dataset such as "tank/data", without a leading slash, "@", "#", "%" or "*"',
    DATASET,
  );
}

/** true or false. */
export function flag(): z.ZodBoolean {
  return z.boolean({ error: "true or false" });
}

/** A whole number. */
export function whole(from: number, to = Number.MAX_SAFE_INTEGER): z.ZodInt {
  const wanted = to === Number.MAX_SAFE_INTEGER
    ? `a whole number of at least ${from}`
    : `a whole number from ${from} to ${to}`;
  return z.int({ error: wanted }).min(from, { error: wanted }).max(to, { error: wanted });
}

/** A list. */
export function list<Item extends z.ZodType>(of: string, item: Item): z.ZodArray<Item> {
  return z.array(item, { error: `a list of ${of}` });
}

/** One of several words. */
export function oneOf<const Words extends readonly string[]>(
  ...words: Words
): z.ZodEnum<z.core.util.ToEnum<Words[number]>> {
  return z.enum(words, { error: `one of ${words.map((word) => `"${word}"`).join(", ")}` });
}

/** Reads a text by a function that throws a RangeError when it can't. */
type Read = (text: string) => number;

/** A duration, as milliseconds. */
export function duration(
  accept: (duration: number) => boolean = () => true,
  wanted = DURATION_WANTED,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return quantity(text(wanted, DURATION_PATTERN), parseDuration, accept, wanted);
}

/** How often something is done: a duration, as milliseconds, or "never". */
export function interval(): z.ZodPipe<z.ZodString, z.ZodTransform<number | "never", string>> {
  const wanted = `${DURATION_WANTED}, or "never"`;
  const form = text(wanted, new RegExp(`^never$|${DURATION_PATTERN.source}`));
  return form.transform((text, context) => {
    const value = text === "never" ? text : attempt(parseDuration, text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: wanted });
    return z.NEVER;
  });
}

/** A size, as bytes. */
export function size(
  accept: (size: number) => boolean = () => true,
  wanted = SIZE_WANTED,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return quantity(text(wanted, SIZE_PATTERN), parseSize, accept, wanted);
}

function quantity(
  form: z.ZodString,
  read: Read,
  accept: (value: number) => boolean,
  wanted: string,
): z.ZodPipe<z.ZodString, z.ZodTransform<number, string>> {
  return form.transform((text, context) => {
    const value = attempt(read, text);
    if (value !== undefined && accept(value)) return value;
    context.addIssue({ code: "custom", message: wanted });
    return z.NEVER;
  });
}

function attempt(read: Read, text: string): number | undefined {
  try {
    return read(text);
  } catch (error) {
    // Of the right form, but too large to count: not wanted either.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
