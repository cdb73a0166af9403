/** The error of a mail that was not sent. @module */
import { AppError } from "../../errors.ts";
import { UnreadableReportError } from "../../state/spool.ts";

/** How far the conversation with the server has come. */
export type Stage = "connect" | "greeting" | "login" | "envelope" | "data";

/** Why a mail was not sent. */
export type FailureKind =
  | "unreachable"
  | "timeout"
  | "no-starttls"
  | "encryption"
  | "login"
  | "recipients"
  | "too-large"
  | "broken-off"
  | "refused"
  | "local";

/** A mail that was not sent. */
export class MailError extends AppError {
  readonly kind: FailureKind;
  /** Whether another try would meet the same answer. */
  readonly permanent: boolean;
  readonly stage: Stage;

  /** @param message the whole sentence, without a full stop */
  constructor(
    kind: FailureKind,
    message: string,
    more: { readonly hint: string; readonly stage: Stage; readonly permanent?: boolean },
  ) {
    super(message, { hint: more.hint });
    this.name = "MailError";
    this.kind = kind;
    this.permanent = more.permanent ?? false;
    this.stage = more.stage;
  }

  /** Whether it says something about the server, not about this one mail. */
  get concernsServer(): boolean {
    return this.stage !== "envelope" && this.stage !== "data";
  }
}

/** Whether another try in this run is of no use. */
export function isFinal(failure: AppError | undefined): boolean {
  return failure instanceof UnreadableReportError ||
    failure instanceof MailError && failure.permanent;
}

/** Whether the server rejects this one mail, whatever its own state and the configuration. */
export function isRefusedForGood(failure: AppError): boolean {
  return failure instanceof MailError && failure.permanent &&
    (failure.stage === "data" || failure.kind === "too-large");
}

/** Whether a smaller mail may get through. */
export function isTooLarge(error: unknown): error is MailError {
  return error instanceof MailError &&
    (error.kind === "too-large" || error.kind === "timeout" && error.stage === "data");
}
