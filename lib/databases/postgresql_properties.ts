/** What a database of PostgreSQL is made like. Pure. @module */
import type { DumpHead } from "./dump_head.ts";
import { quotedName, quotedText } from "./sql_quoting.ts";

/** What there is to know of a database before it is replaced. */
export interface FoundDatabase {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** Whose locale it has, as {@linkcode PROVIDERS} has it; `null`: the C library's, before PostgreSQL 15. */
  readonly provider: string | null;
  /** That of another provider than the C library. */
  readonly locale: string | null;
  /** What is different from the rules of ICU. */
  readonly rules: string | null;
  readonly owner: string;
  readonly size: number | null;
  readonly sessions: number;
}

/**
 * What stands behind `CREATE DATABASE` and its name.
 *
 * @param before the database that is replaced: it is made alike; a new one only as the dump needs it
 */
export function propertiesOf({ encoding }: DumpHead, before: FoundDatabase | undefined): string {
  if (before === undefined) {
    return ` TEMPLATE template0${
      encoding === undefined ? "" : ` ENCODING ${quotedText(encoding)}`
    }`;
  }
  return ` TEMPLATE template0 ENCODING ${quotedText(before.encoding)}${localeOf(before)} OWNER ${
    quotedName(before.owner, '"')
  }`;
}

/** What sorts texts, by the letters of the server. */
const PROVIDERS: Readonly<Record<string, string>> = { c: "libc", i: "icu", b: "builtin" };

/** Another locale would sort what is there in another order, without a word. */
function localeOf({ provider, collate, ctype, locale, rules }: FoundDatabase): string {
  const name = PROVIDERS[provider ?? ""];
  return [
    ` LC_COLLATE ${quotedText(collate)} LC_CTYPE ${quotedText(ctype)}`,
    ...(name === undefined ? [] : [` LOCALE_PROVIDER ${name}`]),
    ...(name === undefined || locale === null ? [] : [` ${name}_LOCALE ${quotedText(locale)}`]),
    ...(rules === null ? [] : [` ICU_RULES ${quotedText(rules)}`]),
  ].join("");
}
