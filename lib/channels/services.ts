/** All services, by the `kind` of `[[notify]]`. A new one is its file and a line here. @module */
import type { Service } from "./channel.ts";
import { GOTIFY } from "./gotify.ts";
import { HEALTHCHECKS } from "./healthchecks.ts";
import { MATRIX } from "./matrix.ts";
import { NTFY } from "./ntfy.ts";
import { SLACK } from "./slack.ts";
import { TELEGRAM } from "./telegram.ts";
import { UPTIME_KUMA } from "./uptime_kuma.ts";
import { WEBHOOK } from "./webhook.ts";

const SERVICES = {
  "ntfy": NTFY,
  "gotify": GOTIFY,
  "telegram": TELEGRAM,
  "slack": SLACK,
  "matrix": MATRIX,
  "uptime-kuma": UPTIME_KUMA,
  "healthchecks": HEALTHCHECKS,
  "webhook": WEBHOOK,
} as const satisfies Readonly<Record<string, Service>>;

/** The kind of a service. */
export type ServiceKind = keyof typeof SERVICES;

/** The kinds, in the order of the table. */
export const KINDS: readonly ServiceKind[] = [
  ...Object.keys(SERVICES).filter((kind): kind is ServiceKind => kind in SERVICES),
];

/** The service of a kind. */
export function serviceOf(kind: ServiceKind): Service {
  return SERVICES[kind];
}
