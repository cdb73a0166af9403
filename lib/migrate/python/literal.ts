/**
 * Reads literals of Python: what a string or a number stands for.
 *
 * @module
 */

/** What a string literal stands for. */
export type StringLiteral =
  | {
    readonly kind: "text" | "bytes";
    readonly text: string;
  }
  | {
    /** Python might know its value, but nobody can who does not run the script. */
    readonly kind: "unreadable";
  };

const UNREADABLE: StringLiteral = { kind: "unreadable" };

/** The escapes of one letter. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** An escape; the last alternative is any other character behind a backslash. */
const ESCAPE =
  /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([xuUN])|([^]))/gu;

/**
 * Reads a string literal.
 *
 * @param literal as it stands in the script, with prefix and quotes
 * @returns its text; bytes are taken for UTF-8
 */
export function readString(literal: string): StringLiteral {
  const match = /^([A-Za-z]*)("""|'''|"|')([^]*)\2$/.exec(literal);
  const [, prefix = "", , body = ""] = match ?? [];
  const letters = prefix.toLowerCase();
  if (match === null || !/^(?:|u|r|b|br|rb)$/.test(letters)) return UNREADABLE;
  const isBytes = letters.includes("b");
  // What could not be decoded as the script's encoding is not known.
  if (body.includes("\uFFFD")) return UNREADABLE;
  if (isBytes) return readBytes(letters.includes("r") ? body : unescapeBytes(body));
  if (letters.includes("r")) return { kind: "text", text: body };
  const text = unescapeText(body);
  return text === undefined ? UNREADABLE : { kind: "text", text };
}

function unescapeText(body: string): string | undefined {
  let isReadable = true;
  const text = body.replace(ESCAPE, (whole, octal, x, u, U, named, other) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    const hex: string | undefined = x ?? u ?? U;
    const code = hex === undefined ? NaN : parseInt(hex, 16);
    if (hex !== undefined && code <= 0x10ffff && !isSurrogate(code)) {
      return String.fromCodePoint(code);
    }
    // \N{…} needs the names of Unicode; a half of a pair is no character that a file can hold.
    if (hex !== undefined || named !== undefined) isReadable = false;
    return other === undefined ? "" : ESCAPES[other] ?? whole;
  });
  return isReadable ? text : undefined;
}

/** Every character of the result is a byte; `undefined` when it can't be read. */
function unescapeBytes(body: string): string | undefined {
  let isReadable = true;
  const bytes = body.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|(x)|([^]))/gu,
    (whole, octal, hex, broken, other) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      if (broken !== undefined) isReadable = false;
      return other === undefined ? "" : ESCAPES[other] ?? whole;
    },
  );
  return isReadable ? bytes : undefined;
}

function readBytes(bytes: string | undefined): StringLiteral {
  if (bytes === undefined || /[\u0100-\uffff]/.test(bytes)) return UNREADABLE;
  try {
    const octets = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { kind: "bytes", text: decoder.decode(octets) };
  } catch {
    return UNREADABLE;
  }
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** A number that a script can write and TOML, too. */
export interface NumberLiteral {
  readonly isWhole: boolean;
  readonly value: number;
}

/**
 * Reads a number.
 *
 * @param literal as it stands in the script, without a sign
 * @returns its value; `undefined` when it is none that can be kept exactly
 */
export function readNumber(literal: string): NumberLiteral | undefined {
  if (!/^[\da-fA-FxXoO.+-]+(?:_[\da-fA-F.eE+-]+)*$/.test(literal)) return undefined;
  const text = literal.replaceAll("_", "");
  // A leading zero was Python 2's way of writing an octal number.
  if (/^0+[1-9]\d*$/.test(text)) return undefined;
  const value = Number(text);
  const isWhole = /^(?:\d+|0[xXoObB].+)$/.test(text);
  const isKept = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isKept ? { isWhole, value } : undefined;
}
