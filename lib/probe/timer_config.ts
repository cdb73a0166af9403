/**
 * Says which configuration a service of systemd hands to autoborg. Pure.
 *
 * @module
 */

/** What the service reads that is told of no configuration. */
const DEFAULT = "/etc/autoborg/config.toml";

/** A word after `--config`, in quotes or without; see systemd.syntax(7). */
const CONFIG = /\s--config[\s=]+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+))/;

/**
 * Reads a unit of a service.
 *
 * @param name its name, such as `autoborg@web.service`
 * @returns the path of the configuration; `undefined` when the unit does not tell
 */
export function configOfService(text: string, name: string): string | undefined {
  const lines = text.split("\n").filter((line) => line.startsWith("ExecStart="));
  const command = lines.at(-1)?.slice("ExecStart=".length) ?? "";
  // A variable or a file of variables may say more than the command does.
  if (command === "" || /AUTOBORG_CONFIG|^EnvironmentFile=/m.test(text)) return undefined;
  const [, inDouble, inSingle, plain] = CONFIG.exec(command) ?? [];
  const word = inDouble ?? inSingle ?? plain;
  if (word === undefined) return DEFAULT;
  const instance = /@(.*)\.service$/.exec(name)?.[1] ?? "";
  return word
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll(/%[%i]/g, (specifier) => specifier === "%i" ? instance : "%");
}
