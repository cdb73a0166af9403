/** Reads the header of a mail as we write it (RFC 5322, RFC 2047). @module */

const LONGEST_HEADER = 65_536;

/**
 * Whether bytes begin with a header field, and a blank line ends the header: not so in a file that
 * was cut short, or that a power failure filled with zeros.
 */
export function isMail(bytes: Uint8Array): boolean {
  return /^[!-9;-~]+:[^\0]*?\r?\n\r?\n/.test(beginningOf(bytes));
}

/** A field of a mail's header, decoded on one line; empty when there is no such field. */
export function headerField(bytes: Uint8Array, name: string): string {
  const [header = ""] = beginningOf(bytes).split(/\r?\n\r?\n/, 1);
  const lines = header.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const start = `${name.toLowerCase()}:`;
  const line = lines.find((one) => one.toLowerCase().startsWith(start));
  return line === undefined ? "" : decodeWords(line.slice(start.length).trim());
}

function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_HEADER));
}

/** White space between two encoded words is no part of the text (RFC 2047, section 6.2). */
function decodeWords(text: string): string {
  return text.replaceAll(/(\?=)\s+(=\?)/g, "$1$2")
    .replaceAll(/(?:=\?utf-8\?[bq]\?[^?\s]*\?=)+/gi, (words) => {
      const parts = [...words.matchAll(/=\?utf-8\?([bq])\?([^?\s]*)\?=/gi)];
      try {
        const bytes = parts.flatMap(([, kind = "", word = ""]) =>
          kind.toLowerCase() === "b" ? [...base64(word)] : [...quoted(word)]
        );
        return new TextDecoder().decode(new Uint8Array(bytes));
      } catch {
        return words;
      }
    });
}

function base64(word: string): Uint8Array {
  return Uint8Array.from(atob(word), (character) => character.charCodeAt(0));
}

function quoted(word: string): Uint8Array {
  const text = word.replaceAll("_", " ")
    .replaceAll(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
