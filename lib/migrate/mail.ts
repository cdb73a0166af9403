/** Reports by mail: SMTP_* and EMAIL_*. @module */
import type { Draft } from "./draft.ts";
import type { Value } from "./python.ts";
import { asFlag, asText, asTexts, asWhole, find, isEmpty } from "./settings.ts";
import type { Row, Settings } from "./settings.ts";

const form = (words: string) => new RegExp(`^(?:(?:SMTP|E?MAIL)_){1,2}(?:${words})$`);

const [SERVER, TO] = [form("SERVER|HOST|HOSTNAME"), form("TO|RECIPIENTS?|RECEIVERS?")];
const [TLS, STARTTLS] = [form("(?:USE_)?SSL"), form("(?:USE_)?(?:START)?TLS")];

const ROWS: readonly Row[] = [
  [SERVER, "mail.server", asText],
  [form("PORT"), "mail.port", asWhole],
  [form("USER|USERNAME|LOGIN"), "mail.username", asText],
  [TO, "mail.recipients", asAddresses],
  [form("FROM|SENDER"), "mail.from_address", asAddress],
];

const PORTS = new Map([[25, "none"], [465, "tls"], [587, "starttls"]]);

/** An address with a name: `Name <address>`. */
const MAILBOX = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/;

/** Adds what the script says of mails, unless it sends none. */
export function addMail(draft: Draft, settings: Settings): void {
  const words = [...settings.keys()];
  const word = words.find((one) => SERVER.test(one)) ?? words.find((one) => TO.test(one)) ?? "";
  const setting = settings.get(word);
  if (setting === undefined || isEmpty(setting)) {
    return draft.note(undefined, "The script names no mail server, so no mail is sent");
  }
  draft.takeAll(ROWS, settings);
  addSecurity(draft, settings);
  const [user, from] = [draft.from("mail.username"), draft.from("mail.from_address")];
  const password = find(settings, form("PASSWORD|PASS"));
  if (user !== undefined && password !== undefined && !isEmpty(password)) {
    draft.takeSecret("mail.password", password, "mail.password");
  } else if (user !== undefined) draft.fillIn("mail.password", user, "has no password");
  // Without a sender of its own a script mostly sends as the user who logs in.
  if (user !== undefined && from === undefined) draft.take("mail.from_address", user, asAddress);
  const [, name = ""] = MAILBOX.exec(asText(from) ?? "") ?? [];
  if (name !== "") draft.set("mail.from_name", name, from);
}

function addSecurity(draft: Draft, settings: Settings): void {
  const [tls, starttls] = [find(settings, TLS), find(settings, STARTTLS)];
  const flags = [tls, starttls].filter((flag) => flag !== undefined);
  const on = flags.find((flag) => asFlag(flag) !== false);
  const [server, port] = [draft.from("mail.server"), draft.from("mail.port")];
  const isHere = /^(?:localhost|127\..*|::1)$/.test(asText(server) ?? "");
  const byPort = PORTS.get((port && asWhole(port)) ?? 0) ?? (isHere ? "none" : undefined);
  const byFlag = on === undefined ? "none" : on === tls ? "tls" : "starttls";
  const isUnread = flags.some((flag) => asFlag(flag) === undefined);
  const isByPort = flags.length === 0 || byPort === "tls";
  const security = isUnread ? undefined : isByPort ? byPort : byFlag;
  const from = on ?? flags[0] ?? port ?? server;
  if (security === undefined) {
    const message = 'does not tell whether it is "starttls", "tls" or "none"';
    return draft.fillIn("mail.security", from, message);
  }
  draft.set("mail.security", security, from);
  const note = security === "none"
    ? "Mail is sent unencrypted, as by the script"
    : "The certificate of the mail server is verified; ca_file names a private authority";
  if (!isHere) draft.note(from?.line, note);
}

function asAddress(value: Value): string | undefined {
  return asText(value)?.replace(MAILBOX, "$2").trim();
}

function asAddresses(value: Value): readonly string[] | undefined {
  const texts = asTexts(value)?.flatMap((text) => text.split(/[,;]/));
  return texts?.map((text) => text.replace(MAILBOX, "$2").trim());
}
