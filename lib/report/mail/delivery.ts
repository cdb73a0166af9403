/** What became of a mail that a server took. @module */
import { counted } from "../../text/units.ts";
import type { Mail } from "../../config/config_schema.ts";
import type { Masker } from "../../text/secret.ts";
import { printableLine } from "../../text/printable.ts";
import { shortened } from "../subject.ts";

/** A mail that the server took. */
export interface Delivery {
  readonly answer: string;
  readonly encrypted: boolean;
  readonly accepted: readonly string[];
  readonly refused: readonly Refusal[];
}

/** A recipient that the server did not take, among others that it took. */
interface Refusal {
  readonly recipient: string;
  readonly answer: string;
  /** Whether another try would meet the same answer. */
  readonly permanent: boolean;
}

/** Such as `accepted for 2 recipients over TLS: "250 2.0.0 Ok: queued"`. */
export function describeDelivery({ answer, encrypted, accepted }: Delivery): string {
  const over = encrypted ? "over TLS" : "without encryption";
  return `accepted for ${counted(accepted.length, "recipient", "recipients")} ${over}: "${answer}"`;
}

const LONGEST = 200;

/** The answer of a server on one line, harmless for a terminal and without secrets. */
export function cleanAnswer(response: string, mask: Masker): string {
  return shortened(mask(printableLine(response.replaceAll(/\r?\n/g, " "))), LONGEST);
}

/** The server with its port, such as "mail.example.org:587" or "[::1]:25". */
export function serverName({ server, port }: Pick<Mail, "server" | "port">): string {
  return server.includes(":") ? `[${server}]:${port}` : `${server}:${port}`;
}
