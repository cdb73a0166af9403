/**
 * Reports by mail: SMTP_* and EMAIL_*.
 *
 * @module
 */
import type { Draft, Table } from "./draft.ts";
import type { Value } from "./script.ts";
import {
  asFlag,
  asText,
  asTexts,
  asWhole,
  type FindSetting,
  isEmpty,
  type Setting,
} from "./settings.ts";

/** Makes the table of the mails, unless the script sends none. */
export function addMail(draft: Draft, find: FindSetting): void {
  const findMail = (words: string) => find(new RegExp(`^(?:(?:SMTP|E?MAIL)_){1,2}(?:${words})$`));
  const filled = (one: Setting | undefined) => one && isEmpty(one.value) ? undefined : one;
  const mail = draft.table("mail");
  const written = findMail("SERVER|HOST|HOSTNAME");
  const server = filled(written);
  const to = filled(findMail("TO|RECIPIENTS?|RECEIVERS?"));
  const [port, from] = [filled(findMail("PORT")), filled(findMail("FROM|SENDER"))];
  const [user, password] = [
    filled(findMail("USER|USERNAME|LOGIN")),
    filled(findMail("PASSWORD|PASS")),
  ];
  const [startTls, tls] = [findMail("(?:USE_)?(?:START)?TLS"), findMail("(?:USE_)?SSL")];
  if (server === undefined && (written !== undefined || to === undefined)) {
    return mail.note(undefined, "The script names no mail server, so there are no mails");
  }
  if (server !== undefined) mail.take("server", server, asText);
  if (port !== undefined) mail.take("port", port, asWhole);
  addSecurity(mail, server, port, startTls, tls);
  if (user !== undefined) {
    mail.take("username", user, asText);
    if (password !== undefined) mail.takeSecret("password", password, "mail.password");
    else mail.fillIn("password", user.value.line, `${user.name} has no password`);
  }
  const addresses = (value: Value) =>
    asTexts(value)?.flatMap((text) => text.split(/[,;]/)).map((text) => addressIn(text).address);
  if (to !== undefined) mail.take("recipients", to, addresses);
  // Without a sender of its own a script mostly sends as the user who logs in.
  const sender = from ?? user;
  const address = (value: Value) => addressIn(asText(value) ?? "").address;
  if (sender !== undefined) mail.take("from_address", sender, address);
  const { name } = addressIn(asText(from?.value) ?? "");
  if (name !== "") mail.set("from_name", name, from);
}

function addSecurity(
  mail: Table,
  server: Setting | undefined,
  port: Setting | undefined,
  startTls: Setting | undefined,
  tls: Setting | undefined,
): void {
  const flags = [tls, startTls].filter((one) => one !== undefined);
  const on = flags.find(({ value }) => asFlag(value) === true);
  const number = port === undefined ? undefined : asWhole(port.value);
  const isHere = /^(?:localhost|127\..*|::1)$/.test(asText(server?.value) ?? "");
  const unread = flags.find(({ value }) => asFlag(value) === undefined);
  if (
    unread !== undefined || (flags.length === 0 && !isHere && ![25, 465, 587].includes(number ?? 0))
  ) {
    const line = (unread ?? port ?? server)?.value.line;
    return mail.fillIn("security", line, '"starttls", "tls" or "none"? The script does not tell');
  }
  const isStartTls = on === undefined ? flags.length === 0 && number === 587 : on === startTls;
  const isTls = number === 465 || (on !== undefined && on === tls);
  const security = isTls ? "tls" : isStartTls ? "starttls" : "none";
  mail.set("security", security, on ?? flags[0] ?? port);
  const note = security === "none"
    ? "Mails are not encrypted on their way, as in the script"
    : "The certificate of the mail server is verified; ca_file names a private authority";
  if (!isHere) mail.note((on ?? port)?.value.line, note);
}

/** Reads `Name <address>`, or an address alone. */
function addressIn(text: string): { readonly address: string; readonly name: string } {
  const [, name = "", address = text] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  return { address: address.trim(), name: name.replace(/^"(.*)"$/, "$1") };
}
