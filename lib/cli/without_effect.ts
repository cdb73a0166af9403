import type { Config } from "../config/schema.ts";

/**
 * Names what is configured although this version does nothing with it: nobody shall wait for a mail
 * that never comes.
 *
 * @param config the configuration
 * @returns sentences without a full stop
 */
export function withoutEffect(config: Config): string[] {
  const tables: readonly (readonly [string, boolean, string])[] = [
    ["[mail]", config.mail !== undefined, "sends no mail"],
  ];
  return tables.filter(([, set]) => set).map(([key, , what]) => {
    return `${key} is set, but this version of autoborg ${what} yet`;
  });
}
