/** Values as TOML has them. Pure. @module */

/**
 * Writes a value that is no list. In a string everything that can't be seen is an escape; JSON leaves
 * some of it alone.
 */
export function tomlValue(value: string | number | boolean): string {
  return JSON.stringify(value).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const digits = (character.codePointAt(0) ?? 0).toString(16);
    return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
}
