/** Reports by mail: SMTP_* and EMAIL_*. @module */
import type { Table } from "./draft.ts";
import type { Value } from "./python.ts";
import { asFlag, asText, asTexts, asWhole, find, isEmpty } from "./settings.ts";
import type { Row, Settings } from "./settings.ts";

const form = (words: string) => new RegExp(`^(?:(?:SMTP|E?MAIL)_){1,2}(?:${words})$`);

const [SERVER, TO] = [form("SERVER|HOST|HOSTNAME"), form("TO|RECIPIENTS?|RECEIVERS?")];

const ROWS: readonly Row[] = [
  [SERVER, "server", asText],
  [form("PORT"), "port", asWhole],
  [form("USER|USERNAME|LOGIN"), "username", asText],
  [TO, "recipients", asAddresses],
  [form("FROM|SENDER"), "from_address", asAddress],
];

/** Fills the table of the mails, unless the script sends none. */
export function addMail(mail: Table, settings: Settings): void {
  const words = [...settings.keys()];
  const word = words.find((one) => SERVER.test(one)) ?? words.find((one) => TO.test(one)) ?? "";
  const setting = settings.get(word);
  const none = "The script names no mail server, so no mail is sent";
  if (setting === undefined || isEmpty(setting)) return mail.note(undefined, none);
  mail.takeAll(ROWS, settings);
  addSecurity(mail, settings);
  const [user, from] = ["username", "from_address"].map((key) => mail.cells.get(key)?.from);
  const password = find(settings, form("PASSWORD|PASS"));
  if (user !== undefined && password !== undefined && !isEmpty(password)) {
    mail.takeSecret("password", password, "mail.password");
  } else if (user !== undefined) {
    mail.fillIn("password", user.line, `${user.name} has no password`);
  }
  // Without a sender of its own a script mostly sends as the user who logs in.
  if (from === undefined && user !== undefined) mail.take("from_address", user, asAddress);
  const { name } = addressIn(asText(from) ?? "");
  if (name !== "") mail.set("from_name", name, from);
}

function addSecurity(mail: Table, settings: Settings): void {
  const [server, port] = ["server", "port"].map((key) => mail.cells.get(key)?.from);
  const tls = find(settings, form("(?:USE_)?SSL"));
  const starttls = find(settings, form("(?:USE_)?(?:START)?TLS"));
  const flags = [tls, starttls].filter((one) => one !== undefined);
  const on = flags.find(asFlag);
  const unread = flags.find((one) => asFlag(one) === undefined);
  const number = port && asWhole(port);
  const isHere = /^(?:localhost|127\..*|::1)$/.test(asText(server) ?? "");
  const isKnown = flags.length > 0 || isHere || [25, 465, 587].includes(number ?? 0);
  if (unread !== undefined || !isKnown) {
    const line = (unread ?? port ?? server)?.line;
    return mail.fillIn("security", line, '"starttls", "tls" or "none"? The script does not say');
  }
  const isStartTls = on !== undefined || (flags.length === 0 && number === 587);
  const isTls = number === 465 || (on !== undefined && on === tls);
  const security = isTls ? "tls" : isStartTls ? "starttls" : "none";
  mail.set("security", security, on ?? flags[0] ?? port);
  const note = security === "none"
    ? "Mail is sent unencrypted, as by the script"
    : "The certificate of the mail server is verified; ca_file names a private authority";
  if (!isHere) mail.note((on ?? port)?.line, note);
}

function asAddress(value: Value): string {
  return addressIn(asText(value) ?? "").address;
}

function asAddresses(value: Value): readonly string[] | undefined {
  const texts = asTexts(value)?.flatMap((text) => text.split(/[,;]/));
  return texts?.map((text) => addressIn(text).address);
}

/** Reads `Name <address>`, or an address alone. */
function addressIn(text: string): { readonly address: string; readonly name: string } {
  const [, name = "", address = text] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { address: address.trim(), name: name.replace(/^"(.*)"$/, "$1") };
}
