/** What the journal says of services, in words. Pure. @module */
import type { JournalService } from "./journal.ts";

/** Names a service: `the unit "nextcloud.service"`. */
export function describeService({ manager, name }: JournalService): string {
  return `the ${manager === "systemd" ? "unit" : "container"} ${JSON.stringify(name)}`;
}

/** Names services, one after the other. */
export function describeServices(services: readonly JournalService[]): string {
  return services.map(describeService).join(", ");
}
