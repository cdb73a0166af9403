/** Says why a request of HTTP failed, without its address, which is a secret. @module */
import { humanLimit } from "../text/units.ts";

/** The message of `fetch` has the url in it, which is a secret, so that it is not passed on. */
export function fetchFailure(error: unknown, timeLimit: number, { hostname }: URL): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `it did not answer within ${humanLimit(timeLimit)}`;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  // A server may be called "dns.example.org".
  const message = `${error} ${cause}`.replaceAll(/https?:\/\/[^\s)]+/gi, "")
    .replaceAll(hostname, "");
  if (/blocked/i.test(message)) return "this port is not allowed for HTTP";
  if (/dns|lookup/i.test(message)) return "its name cannot be resolved";
  if (/refused/i.test(message)) return "the connection was refused";
  if (/certificate|tls|ssl/i.test(message)) return "no secure connection could be made";
  if (/connect/i.test(message)) return "no connection could be made";
  return "the connection was lost";
}
