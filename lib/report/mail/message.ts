/**
 * A mail as it goes over the wire. To be loaded only to send: it brings the mail library.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { domainToASCII } from "node:url";
import { createTransport } from "nodemailer";
import type { Mail } from "../../config/config_schema.ts";

/** A file that goes with a mail. */
export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What a mail says, in the forms in which it is sent. */
export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly Attachment[];
}

/** What tells a mail from all others. */
export interface Stamp {
  readonly date: Date;
  /** The left part of the Message-ID: unique, of letters, digits, dots and hyphens. */
  readonly id: string;
}

/** Writes a mail as bytes, with its headers. */
export async function compose(message: Message, mail: Mail, stamp: Stamp): Promise<Uint8Array> {
  const domain = domainToASCII(mail.fromAddress.slice(mail.fromAddress.lastIndexOf("@") + 1));
  const { message: bytes } = await createTransport({ streamTransport: true, buffer: true })
    .sendMail({
      from: { name: mail.fromName, address: mail.fromAddress },
      to: mail.recipients.map((address) => ({ name: "", address })),
      subject: message.subject,
      text: message.text,
      html: message.html,
      attachments: message.attachments.map(({ name, type, bytes }) => ({
        filename: name,
        contentType: type,
        content: Buffer.from(bytes),
      })),
      messageId: `<${stamp.id}@${/^[\w.-]+$/.test(domain) ? domain : "autoborg.invalid"}>`,
      date: stamp.date,
      // RFC 3834: nobody's holiday notice shall answer it.
      headers: { "Auto-Submitted": "auto-generated" },
      xMailer: false,
      newline: "win",
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the mail library returned no data");
  return bytes;
}
