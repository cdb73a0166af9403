/**
 * The certificate authority of a mail server that has one of its own.
 *
 * @module
 */
import type { Mail } from "../../config/config_schema.ts";
import { reasonOf } from "../../errors.ts";
import { readSmallText } from "../../files/small_file.ts";
import { MailError } from "./mail_error.ts";

/**
 * Reads `mail.ca_file`.
 *
 * @param mail the configuration of the mail
 * @returns the certificates for a TLS connection; none when there is no such file configured
 * @throws {MailError} when the file can't be used
 */
export async function readAuthority(
  { ca_file, security }: Mail,
): Promise<{ readonly ca?: string }> {
  if (ca_file === undefined || security === "none") return {};
  try {
    const ca = await readSmallText(ca_file);
    if (ca.includes("-----BEGIN CERTIFICATE-----")) return { ca };
  } catch (error) {
    throw unusable(ca_file, reasonOf(error));
  }
  throw unusable(ca_file, "it holds no certificate in the form of PEM");
}

function unusable(ca_file: string, reason: string): MailError {
  return new MailError("local", `Cannot use the certificate file "${ca_file}": ${reason}`, {
    hint: "See mail.ca_file",
    stage: "connect",
    permanent: true,
  });
}
