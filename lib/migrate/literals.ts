/**
 * Reads string and number literals of Python.
 *
 * @module
 */

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
  /\\(?:([0-7]{1,3})|(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))|([xuUN])|([^]))/gu;

/** Reads a string literal, bytes as UTF-8; `undefined` when only Python could tell what it is. */
export function readString(literal: string): string | undefined {
  const [, prefix = "", , body] = /^([A-Za-z]*)("""|'''|"|')([^]*)\2$/.exec(literal) ?? [];
  const letters = prefix.toLowerCase();
  // U+FFFD stands for a byte that the encoding of the script does not know.
  if (body === undefined || !/^(?:|u|r|b|br|rb)$/.test(letters) || body.includes("\uFFFD")) {
    return undefined;
  }
  const isBytes = letters.includes("b");
  const text = letters.includes("r") ? body : unescaped(body, isBytes);
  if (!isBytes || text === undefined) return text;
  if (/[\u0100-\uffff]/.test(text)) return undefined;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return decoded.includes("\uFFFD") ? undefined : decoded;
}

function unescaped(body: string, isBytes: boolean): string | undefined {
  let isReadable = true;
  const text = body.replace(ESCAPE, (whole, octal, x, u, U, broken, other) => {
    // Bytes have no escapes of Unicode.
    if (isBytes && /^\\[uUN]/.test(whole)) return whole;
    if (other !== undefined) return ESCAPES[other] ?? whole;
    const code = octal === undefined ? parseInt(x ?? u ?? U ?? broken, 16) : parseInt(octal, 8);
    // \N{…} needs the names of Unicode; half a surrogate pair is no character.
    isReadable &&= code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isReadable ? String.fromCodePoint(isBytes ? code & 0xff : code) : "";
  });
  return isReadable ? text : undefined;
}

/** Reads a number literal with its sign; `undefined` when it can't be kept exactly. */
export function readNumber(literal: string): number | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)\s*(\S+)$/.exec(literal) ?? [];
  // Python 2 wrote octal numbers with a leading zero.
  const isNumber = /^(?!0\d*[1-9])(?:0x[\da-f_]+|0o[0-7_]+|0b[01_]+|[\d_.]+(?:e[-+]?[\d_]+)?)$/i;
  if (!isNumber.test(digits) || /__|_$/.test(digits)) return undefined;
  const value = Number(`${digits.replaceAll("_", "")}`);
  const isKept = Number.isSafeInteger(value) || (Number.isFinite(value) && /[.e]/i.test(digits));
  return isKept ? (sign === "-" ? -value : value) : undefined;
}
