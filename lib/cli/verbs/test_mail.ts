import type { Mail } from "../../config/config_schema.ts";
import { AppError, ExitCode } from "../../errors.ts";
import { describeDelivery, serverName } from "../../report/mail/delivery.ts";
import { messageOf } from "../../report/mail/report_mail.ts";
import { compose, type Message } from "../../report/mail/message.ts";
import { sampleContents } from "../../report/mail/samples.ts";
import { deliver, SMTP_LIMITS } from "../../report/mail/smtp.ts";
import { ownCommand } from "../../text/own_command.ts";
import { createMasker, type Masker } from "../../text/secret.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { VERSION } from "../version.ts";

/** `autoborg test-mail`: sends a report of success and one of failure, both made up. */
export async function testMailVerb(this: CliContext, flags: CommonFlags): Promise<void> {
  const { config, path, secrets } = await loadChosenConfig(this, flags);
  const { mail, name, repositories } = config;
  if (mail === undefined) {
    throw new AppError(`Cannot send a mail: "${path}" has no [mail] table`, {
      exitCode: ExitCode.config,
      hint: `${ownCommand("setup", "--example")} shows one`,
    });
  }
  const mask = createMasker(secrets);
  const hostname = Deno.hostname();
  this.print(mask(`${describeServer(mail)}\n`));
  const labels = repositories.map(({ label }) => label);
  const about = { name, hostname, version: VERSION, labels, at: this.now() };
  for (const content of sampleContents(about)) {
    await send(this, { mail, hostname, mask, message: messageOf(content) });
  }
}

interface Sample {
  readonly mail: Mail;
  readonly hostname: string;
  readonly mask: Masker;
  readonly message: Message;
}

/** One attempt: a user at the terminal needs to see at once what is wrong. */
async function send(context: CliContext, sample: Sample): Promise<void> {
  const { mail, hostname, mask, message } = sample;
  const id = `test.${crypto.randomUUID()}`;
  const bytes = await compose(message, mail, { date: context.now(), id });
  const delivery = await deliver(bytes, mail, { hostname, mask, limits: SMTP_LIMITS });
  context.print(mask(`sent: ${message.subject}\n  ${describeDelivery(delivery)}\n`));
  for (const { recipient, answer } of delivery.refused) {
    context.tell(mask(`error: The server refused the recipient "${recipient}": "${answer}"\n`));
    context.end(ExitCode.failed);
  }
}

function describeServer(mail: Mail): string {
  const { security, login, fromAddress, recipients } = mail;
  const user = login === undefined ? "without a login" : `as "${login.username}"`;
  return `server: ${serverName(mail)}, security "${security}", ${user}\n` +
    `from ${fromAddress} to ${recipients.join(", ")}`;
}
