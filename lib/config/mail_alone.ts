/**
 * Reads what is needed to send a mail from a configuration that is invalid elsewhere, so that
 * a timer whose runs never begin is reported.
 * @module
 */
import { camelCase } from "./camel_case.ts";
import type { LoadEnvironment } from "./load.ts";
import { unfilled, valueAt } from "./config_problem.ts";
import { resolveMail } from "./resolve.ts";
import { configSchema, type Mail } from "./config_schema.ts";
import { readValidParts, type ValidParts } from "./valid_parts.ts";

/** The part of an invalid configuration that a mail needs. */
export interface MailAlone extends ValidParts {
  readonly mail: Mail;
}

/** Reads what a mail needs; `undefined` when there is no `[mail]` table, or it is invalid, too. */
export async function loadMailAlone(
  path: string,
  environment: LoadEnvironment,
): Promise<MailAlone | undefined> {
  return await readValidParts(path, environment, ({ document, found, surroundings }, parts) => {
    const table = valueAt(document, ["mail"]);
    if (unfilled(table).length > 0) return undefined;
    const mail = configSchema.shape.mail.safeParse(table).data;
    const isWrong = found.problems.some(({ path }) => path[0] === "mail");
    if (isWrong || mail === undefined) return undefined;
    return { ...parts, mail: resolveMail(camelCase(mail), found.mailPassword, surroundings) };
  });
}
