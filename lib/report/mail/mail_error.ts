/**
 * The error of a mail that was not sent.
 *
 * @module
 */
import { AppError } from "../../errors.ts";

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

  /**
   * @param kind why
   * @param message the whole sentence, without a full stop
   * @param more what to do about it, how far it came, and whether another try is of no use
   */
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
