/**
 * Says why a mail could not be sent. Of a library's error only fields that can't hold a password
 * are used: its codes, and what the server answered.
 *
 * @module
 */
import type { Mail } from "../../config/config_schema.ts";
import { reasonOf } from "../../errors.ts";
import type { Masker } from "../../text/secret.ts";
import { printableLine } from "../../text/printable.ts";
import { cleanAnswer, serverName } from "./delivery.ts";
import { MailError, type Stage } from "./mail_error.ts";
import * as reasons from "./smtp_reasons.ts";

interface Circumstances {
  readonly mail: Mail;
  readonly stage: Stage;
  readonly mask: Masker;
}

/** The fields of an error that are safe to read. */
interface SafeFields {
  readonly code: string;
  /** The code of the system or of the TLS library, which says more. */
  readonly original: string;
  /** The command that failed; empty when it is none of those that hold nothing but addresses. */
  readonly command: string;
  readonly status: number | undefined;
  /** What the server answered, in quotes and masked; empty when it did not. */
  readonly answer: string;
}

/** Explains an error of the mail library or of a socket. */
export function explainFailure(error: unknown, circumstances: Circumstances): MailError {
  if (error instanceof MailError) return error;
  const fields = safeFields(error, circumstances.mask);
  if (fields.code === "") return mistake(error, circumstances);
  const { kind, says, hint, permanent } = diagnose(fields, circumstances);
  const server = serverName(circumstances.mail);
  // A server that is told all at once may ask for a mail whose sender or recipients it refuses, and
  // the library does not even begin with one that is larger than the server has said.
  const isEnvelope = fields.command !== "" ||
    kind === "too-large" && circumstances.stage !== "data";
  return new MailError(kind, `Cannot send mail via "${server}": ${says}`, {
    hint,
    stage: isEnvelope ? "envelope" : circumstances.stage,
    permanent: permanent ?? isPermanent(fields.status),
  });
}

/** Neither the server nor the network: whatever it is must not pass for one of their failures. */
function mistake(error: unknown, { mail, stage, mask }: Circumstances): MailError {
  const reason = mask(printableLine(reasonOf(error)));
  const message = `Cannot send mail via "${serverName(mail)}": ${reason}`;
  return new MailError("local", message, { hint: "Please report this bug", stage });
}

function diagnose(fields: SafeFields, circumstances: Circumstances): reasons.Diagnosis {
  const { mail, stage } = circumstances;
  const { code, original, command, answer, status } = fields;
  const certificate = reasons.CERTIFICATE[original];
  if (certificate !== undefined) return { kind: "encryption", permanent: true, ...certificate };
  const network = reasons.NETWORK[original] ?? reasons.NETWORK[code];
  if (network !== undefined && stage === "connect") return { kind: "unreachable", ...network };
  if (code === "ETIMEDOUT" || original === "ETIMEDOUT") return reasons.timeout(mail, stage);
  if (original === "ERR_SSL_WRONG_VERSION_NUMBER") return reasons.NOT_TLS;
  if (code === "ETLS" && status !== undefined) return reasons.noStarttls(answer);
  if (code === "ETLS" || original.startsWith("ERR_SSL_")) return reasons.noTls(original);
  // All that Deno 2.6 says when it refuses a certificate.
  if (original === "UNKNOWN" && stage === "greeting" && mail.security !== "none") {
    return reasons.noTls(original);
  }
  if (code === "EAUTH") return reasons.login(answer, mail);
  // The library's own complaint: the server has told its limit.
  if (code === "EMESSAGE" && answer === "" || status === 552) return reasons.tooLarge(answer);
  if (command === "MAIL FROM") return reasons.sender(answer);
  if (command === "RCPT TO") return reasons.recipients(answer);
  if (status !== undefined) return reasons.refused(answer, stage);
  if (code === "EPROTOCOL") return reasons.NOT_SMTP;
  return reasons.brokenOff(stage, original);
}

function safeFields(error: unknown, mask: Masker): SafeFields {
  const text = (name: string) => {
    const value = typeof error === "object" && error !== null && name in error
      ? Object.getOwnPropertyDescriptor(error, name)?.value
      : undefined;
    return typeof value === "string" ? value : "";
  };
  const response = cleanAnswer(text("response"), mask);
  const status = /^[2-5]\d\d(?!\d)/.exec(response)?.[0];
  return {
    code: text("code"),
    original: text("originalCode") || text("code"),
    command: ["MAIL FROM", "RCPT TO"].find((command) => command === text("command")) ?? "",
    status: status === undefined ? undefined : Number(status),
    answer: response === "" ? "" : `"${response}"`,
  };
}

/** 503, a command at the wrong time, may go well with a new connection. */
function isPermanent(status: number | undefined): boolean {
  return status !== undefined && status >= 500 && status !== 503;
}
