/** Checks whether reports can be mailed, without mailing one. @module */
import { serverName } from "../report/mail/delivery.ts";
import type { Mail } from "../config/config_schema.ts";
import { MailSpool } from "../state/mail_spool.ts";
import { humanDuration } from "../text/units.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failedBy, type Finding, ok, skipped, subject, warning } from "./finding.ts";
import { localDay } from "../text/local_time.ts";

const MAIL = subject("mail");

/** Warns of a certificate that expires sooner than this, in milliseconds. */
const SOON = 14 * 86_400_000;

/** Connects to the mail server, encrypts, logs in and says goodbye. */
export async function probeMail(
  context: Pick<ProbeContext, "config" | "hostname" | "mask" | "limits" | "now">,
): Promise<readonly Finding[]> {
  const { mail } = context.config;
  if (mail === undefined) return [skipped(MAIL, "there is no [mail] table")];
  return await Promise.all([probeServer(context, mail), probeSpool(context)])
    .then((findings) => findings.flat());
}

async function probeServer(
  context: Pick<ProbeContext, "hostname" | "mask" | "limits" | "now">,
  mail: Mail,
): Promise<Finding> {
  const { SMTP_LIMITS, verifyServer } = await import("../report/mail/smtp.ts");
  const { hostname, mask, limits, now } = context;
  try {
    const certificateEnds = await verifyServer(mail, {
      hostname,
      mask,
      limits: limits.smtp ?? SMTP_LIMITS,
    });
    const login = mail.login === undefined ? "no login" : `logged in as "${mail.login.username}"`;
    const message = `${serverName(mail)}: ${security(mail, certificateEnds)}, ${login}`;
    const left = certificateEnds === undefined
      ? Infinity
      : certificateEnds.getTime() - now.getTime();
    if (left > SOON) return ok(MAIL, message);
    return warning(
      MAIL,
      `${message}; the certificate expires in ${humanDuration(left)}`,
      "Renew the certificate of the mail server",
    );
  } catch (error) {
    return failedBy(MAIL, error);
  }
}

function security(mail: Mail, certificateEnds: Date | undefined): string {
  if (mail.security === "none") return "not encrypted";
  const ends = certificateEnds === undefined ? undefined : localDay(certificateEnds);
  return `TLS, certificate valid${ends === undefined ? "" : ` until ${ends}`}`;
}

/** Warns of reports that have not been sent yet. */
async function probeSpool({ config }: Pick<ProbeContext, "config">): Promise<readonly Finding[]> {
  const about = subject("mail", "waiting reports");
  try {
    const spool = new MailSpool(config.paths.stateDir, config.name);
    const { length } = await spool.list();
    if (length === 0) return [];
    const failure = await spool.failure();
    const waiting = length === 1 ? "1 report is waiting" : `${length} reports are waiting`;
    return [
      warning(
        about,
        `${waiting} to be sent${failure === undefined ? "" : `: ${failure.reason}`}`,
        "The next run sends them, once the mail server accepts them",
      ),
    ];
  } catch (error) {
    return [failedBy(about, error)];
  }
}
