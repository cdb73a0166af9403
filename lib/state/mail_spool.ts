/** Mails that could not be sent yet, one file a mail (RFC 5322) in `mail/` of the state directory. @module */
import { headerField, isMail } from "./mail_header.ts";
import { Spool, type SpoolForm } from "./spool.ts";

const FORM: SpoolForm = {
  folder: "mail",
  noun: "mail",
  suffix: ".eml",
  isWhole: isMail,
  describe: (bytes) => ({
    date: headerField(bytes, "Date"),
    subject: headerField(bytes, "Subject"),
  }),
};

/** The waiting mails of one series. */
export class MailSpool extends Spool {
  constructor(stateDir: string, series: string) {
    super(FORM, stateDir, series);
  }
}
