/**
 * The runtime appends the secrets of every TLS connection to the file that `SSLKEYLOGFILE` names, as
 * browsers do for those who look into their own traffic. It opens that file before the first line of
 * this program, so all that can be done is to say so; the service unsets the variable.
 * @module
 */
import type { Problem } from "../backup/outcome.ts";
import type { ReadVariable } from "./context.ts";

/** The variable; see https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-02.html. */
const TLS_KEY_LOG = "SSLKEYLOGFILE";

/** Warns of secrets of TLS that are written down. */
export function keyLogWarnings(variable: ReadVariable): readonly Problem[] {
  const path = variable(TLS_KEY_LOG) ?? "";
  if (path === "") return [];
  return [{
    severity: "warning",
    message: `${TLS_KEY_LOG} is set, so the secrets of TLS connections are written to ` +
      `${JSON.stringify(path)}: whoever reads that file can read recorded mails and the login at ` +
      "the mail server",
    hint:
      `Unset it where autoborg is started (env --unset=${TLS_KEY_LOG}), and look who could read ` +
      "the file: change the password of the mail server if others could",
  }];
}
