/** Says why a request of HTTP failed, without its address, which is a secret. @module */
import { humanLimit } from "../text/units.ts";

/** The server shows a certificate that no known authority has signed. */
export const UNTRUSTED = "its certificate is from an authority that is not trusted";

/** What is wrong with the certificate of a server, by the words of rustls. */
function certificateFailure(message: string): string {
  if (/not valid for name/i.test(message)) return "its certificate is for another name";
  if (/expired/i.test(message)) return "its certificate has expired";
  if (/UnknownIssuer|CaUsedAsEndEntity|BadSignature/i.test(message)) return UNTRUSTED;
  return "its certificate is invalid";
}

/** The message of `fetch` has the url in it, which is a secret, so that it is not passed on. */
export function fetchFailure(error: unknown, timeLimit: number, { hostname }: URL): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `it did not answer within ${humanLimit(timeLimit)}`;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  // A server may be called "dns.example.org".
  const message = `${error} ${cause}`.replaceAll(/https?:\/\/[^\s)]+/gi, "")
    .replaceAll(hostname, "");
  // First, as a certificate has names of its own in the message.
  if (/certificate/i.test(message)) return certificateFailure(message);
  if (/blocked/i.test(message)) return "this port is not allowed for HTTP";
  if (/dns|lookup/i.test(message)) return "its name cannot be resolved";
  if (/refused/i.test(message)) return "the connection was refused";
  if (/tls|ssl/i.test(message)) return "no secure connection could be made";
  if (/closed before message completed/i.test(message)) {
    return "it closed the connection without an answer";
  }
  if (/connect/i.test(message)) return "no connection could be made";
  return "the connection was lost";
}
