/**
 * Reports by mail: SMTP_* and EMAIL_*.
 *
 * @module
 */
import { configSchema } from "../config/config_schema.ts";
import { Draft, type Point, refusalOf, type Taken } from "./draft.ts";
import { takeSecurity } from "./mail_security.ts";
import { takePath } from "./paths.ts";
import { asFlag, asItems, asText, asWhole, type Settings, whyNot } from "./settings.ts";

const FIELDS = configSchema.shape.mail.unwrap().shape;

/**
 * Makes the table of the mails. Without a server or without anybody to write to it is only shown,
 * as a comment.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @returns `[mail]`; `undefined` when the script has no setting of that kind
 */
export function mailTable(settings: Settings, points: Point[]): Draft | undefined {
  if (!settings.has("mail_")) return undefined;
  const draft = new Draft("[mail]", points);
  const enabled = settings.take("mail_enabled", draft, "True or False", asFlag);
  if (enabled?.value !== false) {
    fill(draft, settings);
    return draft;
  }
  // What is not wanted needs no look.
  const unseen = new Draft("[mail]", []);
  fill(unseen, settings);
  draft.isOff = true;
  draft.remark(`Off, because of ${enabled.name} in line ${enabled.line}: there are no mails.`);
  draft.entries.push(...unseen.entries.filter(({ kind }) => kind === "key"));
  return draft;
}

function fill(draft: Draft, settings: Settings): void {
  const hasServer = takeServer(draft, settings);
  const username = takeLogin(draft, settings);
  const recipients = takeRecipients(draft, settings);
  takeSender(draft, settings, username, recipients);
  takeOccasions(draft, settings);
  takePath(draft, "ca_file", FIELDS.ca_file, optional(settings, draft, "mail_ca_file"));
  if (!hasServer || recipients.length === 0) {
    draft.isOff = true;
    if (!hasServer) draft.show("server", "mail.example.org");
    if (recipients.length === 0) draft.show("recipients", ["root@example.org"]);
    draft.look(undefined, "there are no mails until this table has all it needs and is no comment");
  }
}

/** Server, port and how they are reached; whether there is a server. */
function takeServer(draft: Draft, settings: Settings): boolean {
  const written = optional(settings, draft, "mail_server");
  const [, host, number] = /^([^:]+):(\d{1,5})$/.exec(written?.value ?? "") ?? [];
  const server = written === undefined || host === undefined
    ? written
    : { ...written, value: host };
  const isTaken = draft.take("server", FIELDS.server, server);
  const port = settings.take("mail_port", draft, "a whole number", asWhole) ??
    (written === undefined || host === undefined
      ? undefined
      : { ...written, value: Number(number) });
  const hasPort = draft.take("port", FIELDS.port, port);
  if (isTaken && server !== undefined) {
    takeSecurity(draft, settings, server, hasPort ? port : undefined);
  }
  return isTaken;
}

function takeLogin(draft: Draft, settings: Settings): Taken<string> | undefined {
  const username = optional(settings, draft, "mail_username");
  const password = optional(settings, draft, "mail_password");
  const file = optional(settings, draft, "mail_password_file");
  if (username === undefined) {
    const alone = password ?? file;
    if (alone !== undefined && !settings.failed.has("mail_username")) {
      draft.look(alone.line, `${alone.name} is left out, because there is no user name`);
    }
    return undefined;
  }
  const isName = refusalOf(FIELDS.username, username.value) === undefined;
  const isTaken = isName && (draft.take("password", FIELDS.password, password) ||
    takePath(draft, "password_file", FIELDS.password_file, file));
  if (isTaken) draft.set("username", username.value, username);
  else {
    // Why a password could not be read was said already.
    if (isName && settings.failed.has("mail_password")) {
      draft.remark(`${username.name} is left out until there is a password.`);
    } else {
      const why = isName ? "there is no password" : "no server can take it";
      draft.unread(username.line, `${username.name} is left out, because ${why}`);
    }
    draft.show("username", username.value);
    draft.show("password_file", "mail.password");
  }
  return username;
}

/** Texts with addresses in them, as they stand in the header of a mail. */
function takeRecipients(draft: Draft, settings: Settings): readonly string[] {
  const wanted = "a string or a list of strings";
  const taken = settings.take("mail_recipients", draft, wanted, asItems);
  if (taken === undefined) return [];
  const addresses = taken.value.flatMap((item, index) => {
    const name = taken.value.length === 1 ? taken.name : `${taken.name}[${index}]`;
    if (item.kind !== "text") {
      draft.unread(item.line, whyNot(name, name, item, "a string"));
      return [];
    }
    return item.text.split(/[,;]/).filter((part) => part.trim() !== "").flatMap((part) => {
      const { address } = parseAddress(part);
      const refusal = refusalOf(FIELDS.recipients.element, address);
      if (refusal === undefined) return [address];
      draft.unread(item.line, `${name} is not taken over: ${refusal}`);
      return [];
    });
  });
  const unique = [...new Set(addresses)];
  if (unique.length > 0) draft.set("recipients", unique, taken);
  return unique;
}

function takeSender(
  draft: Draft,
  settings: Settings,
  username: Taken<string> | undefined,
  recipients: readonly string[],
): void {
  const from = optional(settings, draft, "mail_from");
  const { address, name } = parseAddress(from?.value ?? "");
  if (
    from === undefined ||
    !draft.take("from_address", FIELDS.from_address, { ...from, value: address })
  ) {
    takeOtherSender(draft, username, recipients);
  }
  const fromName = optional(settings, draft, "mail_from_name") ??
    (from === undefined || name === "" ? undefined : { ...from, value: name });
  draft.take("from_name", FIELDS.from_name, fromName);
}

function takeOtherSender(
  draft: Draft,
  username: Taken<string> | undefined,
  recipients: readonly string[],
): void {
  const isLogin = refusalOf(FIELDS.from_address, username?.value) === undefined;
  const address = isLogin ? username?.value : recipients[0];
  if (address === undefined) return draft.show("from_address", "backup@example.org");
  draft.look(
    isLogin ? username?.line : undefined,
    "the script names no sender of the mails; another address of it stands here",
  );
  draft.set("from_address", address);
}

function takeOccasions(draft: Draft, settings: Settings): void {
  const only = settings.take("mail_only_problems", draft, "True or False", asFlag);
  const success = settings.take("mail_on_success", draft, "True or False", asFlag);
  const reason = only?.value ? only : success?.value === false ? success : undefined;
  if (reason !== undefined) draft.set("when", "problems", reason);
  else if (only !== undefined || success !== undefined) {
    draft.set("when", "always", only ?? success);
  }
}

/** A text that may be left empty, which means the same as not setting it. */
function optional(
  settings: Settings,
  draft: Draft,
  role: Parameters<Settings["take"]>[0],
): Taken<string> | undefined {
  const taken = settings.take(role, draft, "a string", asText);
  return taken?.value.trim() === "" ? undefined : taken;
}

/** Reads `Name <address>`, or an address alone. */
function parseAddress(text: string): { readonly address: string; readonly name: string } {
  const [, name = "", address] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  if (address === undefined) return { address: text.trim(), name: "" };
  return { address: address.trim(), name: name.replace(/^"(.*)"$/, "$1").replaceAll('\\"', '"') };
}
