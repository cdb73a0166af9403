import type { Channel } from "../../config/notify_channel.ts";
import type { Config, Mail } from "../../config/config_schema.ts";
import { AppError, ExitCode, UsageError } from "../../errors.ts";
import { describeDelivery, serverName } from "../../report/mail/delivery.ts";
import { messageOf as mailOf } from "../../report/mail/report_mail.ts";
import { compose, type Message } from "../../report/mail/message.ts";
import { sampleContents, sampleOutcomes } from "../../report/mail/samples.ts";
import { deliver, SMTP_LIMITS } from "../../report/mail/smtp.ts";
import { sendToChannel } from "../../report/notify/channel_request.ts";
import { messageOf, runLines } from "../../report/notify/message_lines.ts";
import { serviceOf } from "../../channels/services.ts";
import { formatArchiveName } from "../../text/archive_name.ts";
import { nearest } from "../../text/nearest.ts";
import { ownCommand } from "../../text/own_command.ts";
import { createMasker, type Masker } from "../../text/secret.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { describeError } from "../describe_error.ts";
import { SHORT_NOTIFY_LIMITS } from "../notify_limits.ts";
import { VERSION } from "../version.ts";

/** The name of the table of mails among the channels. */
const MAIL = "mail";

/**
 * `autoborg test-notify`: sends a report of success and one of failure, both made up, by mail and to
 * each channel; one attempt each: a user at the terminal needs to see at once what is wrong.
 */
export async function testNotifyVerb(
  this: CliContext,
  flags: CommonFlags,
  label?: string,
): Promise<void> {
  const { config, path, secrets } = await loadChosenConfig(this, flags);
  const { mail, channels } = config;
  const labels = [...(mail === undefined ? [] : [MAIL]), ...channels.map((one) => one.label)];
  if (labels.length === 0) {
    throw new AppError(
      `Cannot send a sample: "${path}" has no [mail], [[notify]] or [ping] table`,
      {
        exitCode: ExitCode.config,
        hint: `${ownCommand("setup", "--example")} shows all of them`,
      },
    );
  }
  if (label !== undefined && !labels.includes(label)) throw unknownLabel(label, labels);
  const mask = createMasker(secrets);
  const isChosen = (name: string) => label === undefined || label === name;
  if (mail !== undefined && isChosen(MAIL)) {
    await orFailed(this, mask, () => testMail(this, config, mail, mask));
  }
  for (const channel of channels.filter((one) => isChosen(one.label))) {
    await testChannel(this, config, channel, mask);
  }
}

function unknownLabel(label: string, labels: readonly string[]): UsageError {
  const meant = nearest(label, labels);
  const advice = meant === undefined ? `known: ${labels.join(", ")}` : `did you mean "${meant}"?`;
  const hint = "Who gets mail is set in the configuration: recipients in [mail]";
  return new UsageError(
    `Cannot find the channel "${label}" in the configuration; ${advice}`,
    label.includes("@") ? { hint } : {},
  );
}

/**
 * One that fails must not keep the others from being tried.
 *
 * @returns the error that was told; empty: there was none
 */
async function orFailed(
  context: CliContext,
  mask: Masker,
  work: () => Promise<void>,
  /** What was told of the sample before, and a short line for the same once more. */
  before: { readonly told: string; readonly same: string } = { told: "", same: "" },
): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const text = mask(describeError(error));
    context.tell(`${text === before.told ? mask(before.same) : text}\n`);
    context.end(ExitCode.failed);
    return text;
  }
}

function aboutOf({ now }: CliContext, { name, repositories }: Config) {
  const labels = repositories.map(({ label }) => label);
  return { name, hostname: Deno.hostname(), version: VERSION, labels, at: now() };
}

async function testChannel(
  context: CliContext,
  config: Config,
  channel: Channel,
  mask: Masker,
): Promise<void> {
  const about = aboutOf(context, config);
  const sender = { name: config.name, hostname: about.hostname, mask };
  const samples = sampleOutcomes(about);
  // A service that watches over a state shall not raise an alarm over a sample for longer than needed.
  const { isHeartbeat, title } = serviceOf(channel.kind);
  const same = `${channel.label} (${title}): the same for the other sample`;
  let told = "";
  for (const { outcome, lastGood } of isHeartbeat ? samples.toReversed() : samples) {
    const { name, state, startedAt, finishedAt: at } = outcome;
    const runId = state === "ok" ? "00000000" : "11111111";
    const message = messageOf({ ...sender, link: config.page.url ?? null }, {
      ...{ event: "test", state, runId, at },
      id: formatArchiveName({ series: name, startedAt, runId }),
      exitCode: state === "failed" ? 2 : 0,
      lines: [{ label: "", text: "A sample; no backup was run" }, ...runLines(outcome, lastGood)],
    });
    const work = async () => {
      const answer = await sendToChannel(channel, message, {
        ...{ mask, timeLimit: SHORT_NOTIFY_LIMITS.timeLimit, isSample: true },
        signal: new AbortController().signal,
        now: () => new Date(),
      });
      context.print(mask(`${channel.label} (${title}): sent: ${message.title}\n  ${answer}\n`));
    };
    told = await orFailed(context, mask, work, { told, same });
  }
}

async function testMail(
  context: CliContext,
  config: Config,
  mail: Mail,
  mask: Masker,
): Promise<void> {
  context.print(mask(`${describeServer(mail)}\n`));
  const about = aboutOf(context, config);
  const refused = new Set<string>();
  try {
    for (const content of sampleContents(about)) {
      const message = mailOf(content);
      for (const text of await send(context, { mail, hostname: about.hostname, mask, message })) {
        refused.add(text);
      }
    }
  } finally {
    for (const text of refused) context.tell(text);
    if (refused.size > 0) context.end(ExitCode.failed);
  }
}

interface Sample {
  readonly mail: Mail;
  readonly hostname: string;
  readonly mask: Masker;
  readonly message: Message;
}

/** Sends one; returns what to tell of recipients who were refused. */
async function send(context: CliContext, sample: Sample): Promise<readonly string[]> {
  const { mail, hostname, mask, message } = sample;
  const id = `test.${crypto.randomUUID()}`;
  const bytes = await compose(message, mail, { date: context.now(), id });
  const delivery = await deliver(bytes, mail, { hostname, mask, limits: SMTP_LIMITS });
  context.print(mask(`sent: ${message.subject}\n  ${describeDelivery(delivery)}\n`));
  return delivery.refused.map(({ recipient, answer }) =>
    mask(`error: The server refused the recipient "${recipient}": "${answer}"\n`)
  );
}

function describeServer(mail: Mail): string {
  const { security, login, fromAddress, recipients } = mail;
  const user = login === undefined ? "without a login" : `as "${login.username}"`;
  return `server: ${serverName(mail)}, security "${security}", ${user}\n` +
    `from ${fromAddress} to ${recipients.join(", ")}`;
}
