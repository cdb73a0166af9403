/**
 * Hands mails to a server. To be loaded only to send: it brings the mail library.
 *
 * @module
 */
import type { Mail } from "../../config/config_schema.ts";
import { createMasker, type Masker, Secret } from "../../text/secret.ts";
import { Conversation, type Greeting, type SmtpLimits, type SmtpOptions } from "./smtp_session.ts";
import type { Delivery } from "./delivery.ts";
import { envelopeOf } from "./message.ts";
import { explainFailure } from "./smtp_failure.ts";

/** How long to wait for a server. */
export const SMTP_LIMITS: SmtpLimits = {
  connect: 20_000,
  greeting: 20_000,
  silence: 30_000,
  whole: 60_000,
};

/** A mail to hand over. */
export interface Parcel {
  readonly bytes: Uint8Array;
  readonly recipients: readonly string[];
}

/**
 * Hands a mail to the server.
 *
 * @param parcel the mail, and who gets it
 * @param mail which server, and how to log in
 * @param options how
 * @returns what the server said
 * @throws {MailError} when nobody gets the mail
 */
export async function deliver(
  parcel: Parcel,
  mail: Mail,
  options: SmtpOptions,
): Promise<Delivery> {
  const mask = maskOf(mail, options.mask);
  const conversation = new Conversation(mail, options);
  try {
    const envelope = envelopeOf(mail, parcel.recipients);
    return await conversation.hold(envelope, parcel.bytes, mask);
  } catch (error) {
    throw explainFailure(error, { mail, stage: conversation.stage, mask });
  } finally {
    conversation.end();
  }
}

/**
 * Connects to the server, encrypts and logs in as it is done to send a mail, and hands over none.
 *
 * @param mail which server, and how to log in
 * @param options how
 * @returns what the server showed of itself
 * @throws {MailError} when no mail could be sent
 */
export async function greet(mail: Mail, options: SmtpOptions): Promise<Greeting> {
  const conversation = new Conversation(mail, options);
  try {
    return await conversation.greet();
  } catch (error) {
    const mask = maskOf(mail, options.mask);
    throw explainFailure(error, { mail, stage: conversation.stage, mask });
  } finally {
    conversation.end();
  }
}

/** A login goes over the wire in base64, and a server might repeat it. */
function maskOf({ login }: Mail, mask: Masker): Masker {
  if (login === undefined) return mask;
  const password = login.password.reveal();
  const forms = [password, `\0${login.username}\0${password}`].map((form) => {
    const bytes = new TextEncoder().encode(form);
    return new Secret(btoa(String.fromCharCode(...bytes)));
  });
  const maskForms = createMasker([login.password, ...forms]);
  return (text) => maskForms(mask(text));
}
