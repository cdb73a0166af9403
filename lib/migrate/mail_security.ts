/**
 * How the connection to the mail server is encrypted. Scripts say it in many ways, or only by the
 * port.
 *
 * @module
 */
import type { Mail } from "../config/config_schema.ts";
import type { Draft, Taken } from "./draft.ts";
import { asFlag, asText, type Settings } from "./settings.ts";

type Security = Mail["security"];

const WORDS: Readonly<Record<string, Security>> = {
  starttls: "starttls",
  tls: "tls",
  ssl: "tls",
  "ssl/tls": "tls",
  smtps: "tls",
  none: "none",
  plain: "none",
};

/** The port that each kind has by custom. */
const CUSTOM: ReadonlyMap<number | undefined, Security> = new Map([
  [465, "tls"],
  [587, "starttls"],
  [25, "none"],
]);

/**
 * Sets `security`.
 *
 * @param draft the table `[mail]`
 * @param settings the script's settings
 * @param server the server
 * @param port its port, if the script names one
 */
export function takeSecurity(
  draft: Draft,
  settings: Settings,
  server: Taken<string>,
  port: Taken<number> | undefined,
): void {
  const word = settings.take("mail_security", draft, 'a word such as "starttls"', asText);
  const named = WORDS[word?.value.toLowerCase() ?? ""];
  if (word !== undefined && named !== undefined) return draft.set("security", named, word);
  if (word !== undefined && word.value !== "") {
    draft.unread(word.line, `${word.name} is not taken over: expected "starttls", "tls" or "none"`);
  }
  const ssl = settings.take("mail_tls", draft, "True or False", asFlag);
  const tls = settings.take("mail_starttls", draft, "True or False", asFlag);
  if (ssl?.value) return draft.set("security", "tls", ssl);
  if (tls?.value) return takeTls(draft, tls, port);
  const custom = CUSTOM.get(port?.value);
  const flag = tls ?? ssl;
  if (flag === undefined) return guess(draft, server, port, custom);
  // Port 465 answers to nothing but TLS, whatever a switch for STARTTLS says.
  if (custom === "tls") return draft.set("security", "tls", port);
  draft.look(flag.line, "mails are not encrypted on their way, as in the script");
  draft.set("security", "none", flag);
}

function takeTls(draft: Draft, tls: Taken<boolean>, port: Taken<number> | undefined): void {
  const isImplicit = port?.value === 465;
  if (isImplicit) draft.look(tls.line, "port 465 speaks TLS from the beginning, without STARTTLS");
  draft.set("security", isImplicit ? "tls" : "starttls", tls);
}

/** The script has no switch for it. */
function guess(
  draft: Draft,
  server: Taken<string>,
  port: Taken<number> | undefined,
  custom: Security | undefined,
): void {
  const isHere = /^(?:localhost|127\..*|::1)$/.test(server.value);
  if (port !== undefined && custom !== undefined && custom !== "none") {
    return draft.set("security", custom, port);
  }
  if (port === undefined && !isHere) {
    draft.look(
      server.line,
      `the script names no port: "starttls" goes to port 587; if ${server.name} speaks plain ` +
        'SMTP, write security = "none"',
    );
    return draft.set("security", "starttls");
  }
  if (!isHere) {
    const meaning = custom === "none"
      ? 'nothing says that mails are encrypted on their way; if the server can, write "starttls"'
      : 'nothing says how mails are encrypted on their way: "starttls", "tls" or "none"';
    draft.look(port?.line, meaning);
  }
  draft.set("security", custom ?? (isHere ? "none" : "starttls"));
}
