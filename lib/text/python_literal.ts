/** Reads literals of Python: in a script, and as `ascii()` has written them. Pure. @module */

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ "\\": "\\", "'": "'", '"': '"', "\n": "" },
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" },
};

/** An escape: octal, hexadecimal, one that is neither, any other character. */
const ESCAPE = /\\(?:([0-7]{1,3})|(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})|[xuUN]|([^]))/gu;

/**
 * Reads what Python's `ascii()` makes of a text: in single or double quotes, with escapes for all that
 * is not printable ASCII. What is not in quotes is a number, which stays, or `None`, which is empty.
 *
 * @example `pythonString(String.raw`'caf\\xe9'`)` is "café"
 */
export function pythonString(written: string): string {
  const quote = written.charAt(0);
  if (quote !== "'" && quote !== '"') return written === "None" ? "" : written;
  const text = written.slice(1, -1);
  return text.includes("\\") ? unescaped(text, { keepsHalves: true }) ?? text : text;
}

/** Reads a string literal, bytes as UTF-8; `undefined` when only Python could tell what it is. */
export function readString(literal: string): string | undefined {
  const [, prefix = "", , body] = /^(|[urb]|br|rb)("""|'''|"|')([^]*)\2$/i.exec(literal) ?? [];
  // U+FFFD stands for a byte that the encoding of the script does not know.
  if (body === undefined || body.includes("\uFFFD")) return undefined;
  const isBytes = /b/i.test(prefix);
  const text = /r/i.test(prefix) ? body : unescaped(body, { isBytes });
  if (!isBytes || text === undefined) return text;
  if (/[\u0100-\uffff]/.test(text)) return undefined;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return decoded.includes("\uFFFD") ? undefined : decoded;
}

/** @param form `keepsHalves`: half a surrogate pair stands for a byte that is no text */
function unescaped(body: string, { isBytes = false, keepsHalves = false }): string | undefined {
  let isReadable = true;
  const text = body.replace(ESCAPE, (whole, octal, hex, other) => {
    // Bytes have no escapes of Unicode.
    if (isBytes && /^\\[uUN]/.test(whole)) return whole;
    if (other !== undefined) return ESCAPES[other] ?? whole;
    const code = octal === undefined ? parseInt(hex?.slice(1), 16) : parseInt(octal, 8);
    // \N{…} needs the names of Unicode; half a surrogate pair is no character.
    isReadable &&= code <= 0x10ffff && (keepsHalves || code < 0xd800 || code > 0xdfff);
    return isReadable ? String.fromCodePoint(isBytes ? code & 0xff : code) : "";
  });
  return isReadable ? text : undefined;
}

/** Reads a number literal with its sign; `undefined` when it can't be kept exactly. */
export function readNumber(literal: string): number | undefined {
  // Python 2 wrote octal numbers with a leading zero.
  const form = /^([-+]?)\s*((?!0\d*[1-9])[\d.](?:_?[a-z\d.]|(?<=e)[-+])*)$/i;
  const [, sign, digits = "x"] = form.exec(literal) ?? [];
  const value = Number(digits.replaceAll("_", ""));
  const isKept = Number.isSafeInteger(value) || (Number.isFinite(value) && value % 1 !== 0);
  return isKept ? (sign === "-" ? -value : value) : undefined;
}
