import type { Mail } from "../../../lib/config/config_schema.ts";
import type { SmtpLimits } from "../../../lib/report/mail/smtp.ts";

/** The `[mail]` table of a test; plain text and no login unless something is said. */
export function mailWith(different: Partial<Mail> = {}): Mail {
  return {
    server: "localhost",
    port: 25,
    security: "none",
    fromAddress: "backup@example.org",
    fromName: "autoborg",
    recipients: ["root@example.org"],
    remind: 604_800_000,
    when: "always",
    ...different,
  };
}

/** Short enough for a test. */
export const SHORT: SmtpLimits = { connect: 2_000, greeting: 1_000, silence: 1_000, whole: 3_000 };
