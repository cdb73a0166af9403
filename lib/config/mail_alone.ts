/**
 * Reads what is needed to send a mail from a configuration that is invalid elsewhere, so that
 * a timer whose runs never begin is reported.
 * @module
 */
import { dirname, resolve as absolutePath } from "node:path";
import type { Secret } from "../text/secret.ts";
import { camelCase } from "./camel_case.ts";
import { parseDocument, readText } from "./document.ts";
import { type LoadEnvironment, secretsOfKeys } from "./load.ts";
import { absolute, type Surroundings } from "./paths.ts";
import { unfilled, valueAt } from "./config_problem.ts";
import { resolveMail } from "./resolve.ts";
import { configSchema, type Mail } from "./config_schema.ts";
import { findSecrets } from "./secrets.ts";

/** The part of an invalid configuration that a mail needs. */
export interface MailAlone {
  readonly mail: Mail;
  /** The name of the series, when it is valid. */
  readonly name: string | undefined;
  /** The state directory, when it is valid. */
  readonly stateDir: string | undefined;
  /** Every secret that could be found. */
  readonly secrets: readonly Secret[];
}

/** Reads what a mail needs; `undefined` when there is no `[mail]` table, or it is invalid, too. */
export async function loadMailAlone(
  path: string,
  environment: LoadEnvironment,
): Promise<MailAlone | undefined> {
  try {
    const document = parseDocument(path, await readText(path));
    const surroundings = { ...environment, directory: dirname(absolutePath(path)) };
    return await readMail(document, surroundings);
  } catch {
    // Loading the configuration as a whole reports what is wrong with it.
    return undefined;
  }
}

async function readMail(
  document: unknown,
  surroundings: Surroundings,
): Promise<MailAlone | undefined> {
  const { shape } = configSchema;
  const table = valueAt(document, ["mail"]);
  if (unfilled(table).length > 0) return undefined;
  const mail = shape.mail.safeParse(table);
  const found = await findSecrets(document, surroundings);
  if (found.problems.some(({ path }) => path[0] === "mail")) return undefined;
  if (mail.data === undefined) return undefined;
  const name = shape.name.safeParse(valueAt(document, ["name"]));
  const places = valueAt(document, ["paths"]);
  const paths = shape.paths.safeParse(unfilled(places).length > 0 ? "unknown" : places);
  const keys = secretsOfKeys(found.keys.values());
  return {
    mail: resolveMail(camelCase(mail.data), found.mailPassword, surroundings),
    name: name.data,
    stateDir: paths.data === undefined ? undefined : absolute(paths.data.state_dir, surroundings),
    secrets: found.mailPassword === undefined ? keys : [...keys, found.mailPassword],
  };
}
