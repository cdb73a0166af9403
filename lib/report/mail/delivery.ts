/**
 * What became of a mail that a server took.
 *
 * @module
 */
import { counted } from "./subject.ts";

/** A mail that the server took. */
export interface Delivery {
  /** What the server said at the end. */
  readonly answer: string;
  /** Such as "TLSv1.3"; `undefined` when the connection was not encrypted. */
  readonly protocol: string | undefined;
  readonly accepted: readonly string[];
  readonly refused: readonly Refusal[];
}

/** A recipient that the server did not take, among others that it took. */
export interface Refusal {
  readonly recipient: string;
  readonly answer: string;
  /** Whether another try would meet the same answer. */
  readonly permanent: boolean;
}

/**
 * Says how a mail was handed over.
 *
 * @param delivery what the server said
 * @returns such as `accepted for 2 recipients over TLSv1.3: "250 2.0.0 Ok: queued"`
 */
export function describeDelivery({ answer, protocol, accepted }: Delivery): string {
  const over = protocol === undefined ? "without encryption" : `over ${protocol}`;
  return `accepted for ${counted(accepted.length, "recipient", "recipients")} ${over}: "${answer}"`;
}
